package dev.kindling.serde;

import com.esotericsoftware.kryo.kryo5.Registration;
import com.esotericsoftware.kryo.kryo5.io.Input;
import com.esotericsoftware.kryo.kryo5.io.Output;
import com.esotericsoftware.kryo.kryo5.util.DefaultClassResolver;
import java.util.Arrays;
import java.util.IdentityHashMap;
import java.util.Map;

/**
 * Writes a class as its number in the page's own table; the first time in a page, its name follows. Which page is meant
 * is said by {@link #use} before each row.
 */
final class PageClassResolver extends DefaultClassResolver {
    /** The classes of one page by number. */
    static final class Names {
        private static final int SEARCHED = 8;

        private Class<?>[] classes = new Class<?>[2];
        private int count;
        private Map<Class<?>, Integer> numbers;

        private int numberOf(Class<?> type) {
            if (numbers != null) {
                return numbers.getOrDefault(type, -1);
            }
            for (int i = 0; i < count; i++) {
                if (classes[i] == type) {
                    return i;
                }
            }
            return -1;
        }

        private void add(Class<?> type) {
            if (count == classes.length) {
                classes = Arrays.copyOf(classes, count * 2);
            }
            classes[count++] = type;
            if (numbers != null) {
                numbers.put(type, count - 1);
            } else if (count > SEARCHED) {
                numbers = new IdentityHashMap<>();
                for (int i = 0; i < count; i++) {
                    numbers.put(classes[i], i);
                }
            }
        }
    }

    private final RowClasses rowClasses;
    private Names names = new Names();

    PageClassResolver(RowClasses rowClasses) {
        this.rowClasses = rowClasses;
    }

    void use(Names ofPage) {
        names = ofPage;
    }

    /** Objects of {@code type} are written as if they were of the class {@code registration} is for. */
    void writeAs(Class<?> type, Registration registration) {
        classToRegistration.put(type, registration);
    }

    @Override
    @SuppressWarnings("rawtypes") // as declared by Kryo
    protected void writeName(Output output, Class type, Registration registration) {
        output.writeVarInt(NAME + 2, true);
        int number = names.numberOf(type);
        output.writeVarInt(number < 0 ? names.count : number, true);
        if (number < 0) {
            names.add(type);
            output.writeString(type.getName());
        }
    }

    @Override
    protected Registration readName(Input input) {
        int number = input.readVarInt(true);
        if (number == names.count) {
            names.add(rowClasses.load(input.readString()));
        }
        return kryo.getRegistration(names.classes[number]);
    }

    @Override
    @SuppressWarnings("rawtypes")
    public Registration registerImplicit(Class type) {
        return register(((RowKryo) kryo).registrationFor(type));
    }

    /** Called after each row; the table lives as long as its page. */
    @Override
    public void reset() {}
}
