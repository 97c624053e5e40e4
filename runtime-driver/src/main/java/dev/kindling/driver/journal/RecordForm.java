package dev.kindling.driver.journal;

import dev.kindling.driver.core.JobGraph;
import dev.kindling.util.Secret;
import java.io.DataInputStream;
import java.io.DataOutputStream;
import java.io.EOFException;
import java.io.IOException;
import java.lang.reflect.Constructor;
import java.lang.reflect.InvocationTargetException;
import java.lang.reflect.ParameterizedType;
import java.lang.reflect.RecordComponent;
import java.lang.reflect.Type;
import java.nio.charset.StandardCharsets;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Collection;
import java.util.IdentityHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.OptionalLong;
import java.util.Set;
import java.util.SortedMap;
import java.util.TreeMap;
import java.util.TreeSet;

/**
 * Records and sealed families of them as bytes and back, by their components: events, effects and settings of the core are
 * nothing else. What the core only passes on does not stand in a journal: an array of bytes (a program, rows, a result)
 * is its length and a number made of its content, a secret is such a number. Read back, the array has that length and is
 * known by that number; its content is gone.
 *
 * <p>A journal is read by the build that wrote it. Used by one thread.
 */
final class RecordForm {
    private static final int MAX_COUNT = 1 << 26;
    private static final long PRIME = 0x100000001B3L;

    /** Arrays that were read: what their content was. */
    private final Map<byte[], Long> contents = new IdentityHashMap<>();

    private final JobGraph.TaskInputs inputs;

    /** @param inputs what the tasks of all stages read that are read back: they are no records */
    RecordForm(JobGraph.TaskInputs inputs) {
        this.inputs = inputs;
    }

    /** One that only writes. */
    static RecordForm writer() {
        return new RecordForm(null);
    }

    // ---- writing --------------------------------------------------------------------------------------------------

    void write(DataOutputStream out, Type type, Object value) throws IOException {
        if (type == int.class || type == Integer.class) {
            out.writeInt((Integer) value);
        } else if (type == long.class || type == Long.class) {
            out.writeLong((Long) value);
        } else if (type == boolean.class || type == Boolean.class) {
            out.writeBoolean((Boolean) value);
        } else if (type == double.class) {
            out.writeDouble((Double) value);
        } else if (type == String.class) {
            writeText(out, (String) value);
        } else if (type == byte[].class) {
            byte[] bytes = (byte[]) value;
            out.writeInt(bytes.length);
            out.writeLong(contentOf(bytes));
        } else if (type == long[].class) {
            out.writeInt(((long[]) value).length);
            for (long number : (long[]) value) {
                out.writeLong(number);
            }
        } else if (type == Secret.class) {
            writeText(out, coverOf((Secret) value));
        } else if (type == Instant.class) {
            out.writeLong(((Instant) value).toEpochMilli());
        } else if (type == OptionalInt.class) {
            OptionalInt optional = (OptionalInt) value;
            out.writeBoolean(optional.isPresent());
            out.writeInt(optional.orElse(0));
        } else if (type == OptionalLong.class) {
            OptionalLong optional = (OptionalLong) value;
            out.writeBoolean(optional.isPresent());
            out.writeLong(optional.orElse(0));
        } else if (type instanceof ParameterizedType parameterized) {
            writeMany(out, parameterized, value);
        } else {
            writeRecord(out, (Class<?>) type, value);
        }
    }

    private void writeMany(DataOutputStream out, ParameterizedType type, Object value) throws IOException {
        Type[] of = type.getActualTypeArguments();
        if (value instanceof Optional<?> optional) {
            out.writeBoolean(optional.isPresent());
            if (optional.isPresent()) {
                write(out, of[0], optional.get());
            }
        } else if (value instanceof Map<?, ?> map) {
            out.writeInt(map.size());
            // The order of an unordered one differs from process to process.
            for (Map.Entry<?, ?> entry : new TreeMap<>(map).entrySet()) {
                write(out, of[0], entry.getKey());
                write(out, of[1], entry.getValue());
            }
        } else {
            Collection<?> values = (Collection<?>) value;
            out.writeInt(values.size());
            for (Object element : value instanceof Set<?> ? new TreeSet<>(values) : values) {
                write(out, of[0], element);
            }
        }
    }

    private void writeRecord(DataOutputStream out, Class<?> type, Object value) throws IOException {
        if (type.isEnum()) {
            out.writeInt(((Enum<?>) value).ordinal());
        } else if (type == JobGraph.TaskInputs.class) {
            return; // their answers are journaled when they are asked
        } else if (type.isSealed()) {
            List<Class<?>> members = membersOf(type);
            out.writeInt(members.indexOf(value.getClass()));
            writeRecord(out, value.getClass(), value);
        } else if (value instanceof Record) {
            // Where an interface for users is declared, only effects have one, which are never read.
            for (RecordComponent component : value.getClass().getRecordComponents()) {
                write(out, component.getGenericType(), read(component, value));
            }
        } else {
            throw new IllegalStateException("no form for values of type " + type.getName());
        }
    }

    private static Object read(RecordComponent component, Object record) {
        try {
            component.getAccessor().setAccessible(true);
            return component.getAccessor().invoke(record);
        } catch (ReflectiveOperationException e) {
            throw new IllegalStateException("a component of " + record.getClass() + " cannot be read", e);
        }
    }

    private static void writeText(DataOutputStream out, String text) throws IOException {
        byte[] utf8 = text.getBytes(StandardCharsets.UTF_8);
        out.writeInt(utf8.length);
        out.write(utf8);
    }

    private long contentOf(byte[] bytes) {
        Long known = contents.get(bytes);
        return known == null ? hashOf(bytes) : known;
    }

    /** FNV-1a: told apart are mistakes, not forgeries. */
    private static long hashOf(byte[] bytes) {
        long hash = 0xCBF29CE484222325L;
        for (byte one : bytes) {
            hash = (hash ^ one & 0xFF) * PRIME;
        }
        return hash;
    }

    private static String coverOf(Secret secret) {
        String text = secret.reveal();
        return text.startsWith(COVER) ? text : COVER + hashOf(text.getBytes(StandardCharsets.UTF_8));
    }

    /** Nobody's secret begins so. */
    private static final String COVER = "covered ";

    /** All records and words below a sealed family, at any depth. */
    private static List<Class<?>> membersOf(Class<?> family) {
        if (!family.isSealed()) {
            return List.of(family);
        }
        List<Class<?>> members = new ArrayList<>();
        for (Class<?> member : family.getPermittedSubclasses()) {
            members.addAll(membersOf(member));
        }
        return members;
    }

    // ---- reading --------------------------------------------------------------------------------------------------

    Object read(DataInputStream in, Type type) throws IOException {
        if (type == int.class || type == Integer.class) {
            return in.readInt();
        } else if (type == long.class || type == Long.class) {
            return in.readLong();
        } else if (type == boolean.class || type == Boolean.class) {
            return in.readBoolean();
        } else if (type == double.class) {
            return in.readDouble();
        } else if (type == String.class) {
            return readText(in);
        } else if (type == byte[].class) {
            byte[] bytes = new byte[readCount(in)];
            contents.put(bytes, in.readLong());
            return bytes;
        } else if (type == long[].class) {
            long[] numbers = new long[readCount(in)];
            for (int i = 0; i < numbers.length; i++) {
                numbers[i] = in.readLong();
            }
            return numbers;
        } else if (type == Secret.class) {
            return Secret.of(readText(in));
        } else if (type == Instant.class) {
            return Instant.ofEpochMilli(in.readLong());
        } else if (type == OptionalInt.class) {
            boolean isPresent = in.readBoolean();
            int number = in.readInt();
            return isPresent ? OptionalInt.of(number) : OptionalInt.empty();
        } else if (type == OptionalLong.class) {
            boolean isPresent = in.readBoolean();
            long number = in.readLong();
            return isPresent ? OptionalLong.of(number) : OptionalLong.empty();
        } else if (type instanceof ParameterizedType parameterized) {
            return readMany(in, parameterized);
        }
        return readRecord(in, (Class<?>) type);
    }

    private Object readMany(DataInputStream in, ParameterizedType type) throws IOException {
        Type[] of = type.getActualTypeArguments();
        Class<?> raw = (Class<?>) type.getRawType();
        if (raw == Optional.class) {
            return in.readBoolean() ? Optional.of(read(in, of[0])) : Optional.empty();
        }
        int count = readCount(in);
        if (raw == Map.class || raw == SortedMap.class) {
            TreeMap<Object, Object> map = new TreeMap<>();
            for (int i = 0; i < count; i++) {
                map.put(read(in, of[0]), read(in, of[1]));
            }
            return map;
        }
        Collection<Object> values = raw == Set.class ? new TreeSet<>() : new ArrayList<>();
        for (int i = 0; i < count; i++) {
            values.add(read(in, of[0]));
        }
        return values;
    }

    private Object readRecord(DataInputStream in, Class<?> type) throws IOException {
        if (type.isEnum()) {
            return type.getEnumConstants()[in.readInt()];
        } else if (type.isSealed()) {
            return readRecord(in, membersOf(type).get(in.readInt()));
        } else if (!type.isRecord()) {
            throw new IllegalStateException("no form for values of type " + type.getName());
        }
        RecordComponent[] components = type.getRecordComponents();
        Class<?>[] types = new Class<?>[components.length];
        Object[] values = new Object[components.length];
        for (int i = 0; i < components.length; i++) {
            types[i] = components[i].getType();
            values[i] = types[i] == JobGraph.TaskInputs.class ? inputs : read(in, components[i].getGenericType());
        }
        try {
            Constructor<?> constructor = type.getDeclaredConstructor(types);
            constructor.setAccessible(true);
            return constructor.newInstance(values);
        } catch (InvocationTargetException e) {
            throw new IOException("a " + type.getSimpleName() + " of the journal is refused: " + e.getCause(), e);
        } catch (ReflectiveOperationException e) {
            throw new IllegalStateException("a " + type.getName() + " cannot be made", e);
        }
    }

    private static String readText(DataInputStream in) throws IOException {
        int length = readCount(in);
        byte[] utf8 = in.readNBytes(length);
        if (utf8.length < length) {
            throw new EOFException();
        }
        return new String(utf8, StandardCharsets.UTF_8);
    }

    private static int readCount(DataInputStream in) throws IOException {
        int count = in.readInt();
        if (count < 0 || count > MAX_COUNT) {
            throw new IOException("the journal says " + count + " where a number of elements stands");
        }
        return count;
    }
}
