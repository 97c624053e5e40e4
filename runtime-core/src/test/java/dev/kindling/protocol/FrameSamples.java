package dev.kindling.protocol;

import dev.kindling.util.Secret;
import java.lang.reflect.Constructor;
import java.lang.reflect.ParameterizedType;
import java.lang.reflect.RecordComponent;
import java.lang.reflect.Type;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Objects;
import java.util.Set;
import java.util.SortedMap;
import java.util.SplittableRandom;
import java.util.TreeMap;

/** Makes values of any record and sealed family of this package from a seed, and compares them by content. */
public final class FrameSamples {
    /** Components in which a frame with a negative number does not decode. */
    private static final Set<String> NEVER_NEGATIVE =
            Set.of("stageId", "partition", "attempt", "rowCount", "byteCount", "memoryBytes", "diskBytes");

    private static final long[] EDGES = {0, 1, -1, 63, 64, -64, -65, 127, 128, Integer.MAX_VALUE, Integer.MIN_VALUE};
    private static final String[] TEXTS = {"", "e1", "host.example", "Zürich \u6771\u4eac \uD83D\uDD25", "a\nb\u0000c"};

    private final SplittableRandom random;

    public FrameSamples(long seed) {
        this.random = new SplittableRandom(seed);
    }

    /** All records below a sealed interface, at any depth. */
    public static List<Class<?>> recordsOf(Class<?> family) {
        if (family.isRecord()) {
            return List.of(family);
        }
        List<Class<?>> records = new ArrayList<>();
        for (Class<?> member : family.getPermittedSubclasses()) {
            records.addAll(recordsOf(member));
        }
        return records;
    }

    public Object value(Type type) {
        if (type == int.class) {
            return random.nextBoolean() ? (int) edge() : random.nextInt();
        }
        if (type == long.class) {
            return random.nextBoolean() ? edge() : random.nextLong();
        }
        if (type == boolean.class) {
            return random.nextBoolean();
        }
        if (type == String.class) {
            return TEXTS[random.nextInt(TEXTS.length)];
        }
        if (type == Secret.class) {
            return Secret.of((String) value(String.class));
        }
        if (type == byte[].class) {
            byte[] bytes = new byte[random.nextInt(40)];
            random.nextBytes(bytes);
            return bytes;
        }
        if (type == long[].class) {
            return random.longs(random.nextInt(6)).toArray();
        }
        if (type instanceof ParameterizedType list && list.getRawType() == List.class) {
            List<Object> values = new ArrayList<>();
            int least = list.getActualTypeArguments()[0] == TaskLaunch.class ? 1 : 0;
            for (int i = least + random.nextInt(4); i > 0; i--) {
                values.add(value(list.getActualTypeArguments()[0]));
            }
            return values;
        }
        if (type instanceof ParameterizedType map && map.getRawType() == SortedMap.class) {
            SortedMap<String, String> values = new TreeMap<>();
            for (int i = random.nextInt(4); i > 0; i--) {
                values.put((String) value(String.class), (String) value(String.class));
            }
            return values;
        }
        if (type instanceof Class<?> words && words.isEnum()) {
            return words.getEnumConstants()[random.nextInt(words.getEnumConstants().length)];
        }
        if (type instanceof Class<?> family && family.isSealed()) {
            List<Class<?>> records = recordsOf(family);
            return value(records.get(random.nextInt(records.size())));
        }
        if (type instanceof Class<?> record && record.isRecord()) {
            return record(record);
        }
        throw new AssertionError("no samples for a component of type " + type + ": teach FrameSamples");
    }

    private Object record(Class<?> type) {
        RecordComponent[] components = type.getRecordComponents();
        Class<?>[] types = new Class<?>[components.length];
        Object[] values = new Object[components.length];
        for (int i = 0; i < components.length; i++) {
            types[i] = components[i].getType();
            values[i] = value(components[i].getGenericType());
            if (type == CachedBlockId.class || NEVER_NEGATIVE.contains(components[i].getName())) {
                values[i] = notNegative(values[i]);
            }
        }
        try {
            Constructor<?> constructor = type.getDeclaredConstructor(types);
            constructor.setAccessible(true);
            return constructor.newInstance(values);
        } catch (ReflectiveOperationException e) {
            throw new AssertionError(e);
        }
    }

    private static Object notNegative(Object number) {
        if (number instanceof Integer value) {
            return value & Integer.MAX_VALUE;
        }
        return number instanceof Long value ? (Object) (value & Long.MAX_VALUE) : number;
    }

    private long edge() {
        return EDGES[random.nextInt(EDGES.length)];
    }

    /** Records compare arrays by identity; this looks inside. */
    static boolean isEqual(Object a, Object b) {
        if (a instanceof byte[] x && b instanceof byte[] y) {
            return Arrays.equals(x, y);
        }
        if (a instanceof long[] x && b instanceof long[] y) {
            return Arrays.equals(x, y);
        }
        if (a instanceof List<?> x && b instanceof List<?> y) {
            boolean isEqual = x.size() == y.size();
            for (int i = 0; isEqual && i < x.size(); i++) {
                isEqual = isEqual(x.get(i), y.get(i));
            }
            return isEqual;
        }
        if (a != null && a.getClass().isRecord() && b != null && a.getClass() == b.getClass()) {
            for (RecordComponent component : a.getClass().getRecordComponents()) {
                if (!isEqual(read(component, a), read(component, b))) {
                    return false;
                }
            }
            return true;
        }
        return Objects.equals(a, b);
    }

    private static Object read(RecordComponent component, Object record) {
        try {
            component.getAccessor().setAccessible(true);
            return component.getAccessor().invoke(record);
        } catch (ReflectiveOperationException e) {
            throw new AssertionError(e);
        }
    }
}
