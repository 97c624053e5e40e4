package dev.kindling.serde;

import dev.kindling.api.Tuple2;
import dev.kindling.api.spi.CountedGroup;
import java.lang.reflect.Array;
import java.lang.reflect.Field;
import java.lang.reflect.Modifier;
import java.math.BigInteger;
import java.util.ArrayList;
import java.util.BitSet;
import java.util.Collection;
import java.util.Iterator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.RandomAccess;
import java.util.Set;

/**
 * How much heap an object takes with what hangs on it. Exact for numbers, strings, tuples and arrays of primitives;
 * of a collection some elements stand for all, so an answer costs a bounded number of steps whatever the object. What
 * several objects share is counted with each. Reflection into the JDK is closed: of its other classes a guess is made.
 * Any thread.
 */
public final class HeapSize {
    // From 32 GB on, and a little below, references are not compressed.
    private static final boolean IS_COMPRESSED = Runtime.getRuntime().maxMemory() < 31L << 30;

    /** A reference in a field or an array. */
    public static final int REFERENCE = IS_COMPRESSED ? 4 : 8;

    private static final int HEADER = 12;
    private static final int ARRAY_HEADER = 16;
    private static final int UNKNOWN = 64;
    private static final double MOST = 1L << 50;
    private static final int MAX_DEPTH = 6;
    private static final int SAMPLED_CHARS = 16;

    static final int INT = 16;
    static final int LONG = 24;
    static final int PAIR = objectOf(2 * REFERENCE);
    // Its hash, its coder and a flag, the array, and what the array's length is rounded up by.
    static final int STRING = objectOf(REFERENCE + 6) + ARRAY_HEADER + 4;
    // An array, and what its length is rounded up by.
    static final int BYTES = ARRAY_HEADER + 4;
    static final int LIST = objectOf(REFERENCE + 8) + ARRAY_HEADER;
    // An entry's hash, key, value and next, and its place in a table that is two thirds full.
    private static final int ENTRY = objectOf(4 + 3 * REFERENCE) + 3 * REFERENCE / 2;
    private static final int LINKS = 2 * REFERENCE;

    private HeapSize() {}

    static int objectOf(int fieldBytes) {
        return aligned(HEADER + fieldBytes);
    }

    static int aligned(int bytes) {
        return bytes + 7 & ~7;
    }

    private static long arrayOf(long length, int width) {
        return ARRAY_HEADER + length * width + 7 & ~7L;
    }

    /** Heap bytes of {@code value}; 0 for null. */
    public static long of(Object value) {
        try {
            return of(value, 0);
        } catch (RuntimeException e) {
            return UNKNOWN; // of a user's collection: it will say so itself when it is used
        }
    }

    private static long of(Object value, int depth) {
        if (value == null) {
            return 0;
        }
        if (value instanceof String text) {
            return ofText(text);
        }
        if (value instanceof Integer) {
            return INT;
        }
        if (value instanceof Long || value instanceof Double) {
            return LONG;
        }
        if (depth > MAX_DEPTH) {
            return UNKNOWN;
        }
        if (value instanceof Tuple2<?, ?> pair) {
            return PAIR + of(pair._1(), depth + 1) + of(pair._2(), depth + 1);
        }
        return ofOther(value, depth + 1);
    }

    private static long ofText(String text) {
        return STRING + (isWide(text) ? 2L : 1L) * text.length();
    }

    /** Whether it seems to need two bytes a character. */
    private static boolean isWide(String text) {
        int step = Math.max(1, text.length() / SAMPLED_CHARS);
        for (int i = 0; i < text.length(); i += step) {
            if (text.charAt(i) > 0xff) {
                return true;
            }
        }
        return false;
    }

    private static long ofOther(Object value, int depth) {
        Class<?> type = value.getClass();
        if (type.isArray()) {
            return ofArray(value, type.getComponentType(), depth);
        }
        if (value instanceof CountedGroup<?>) {
            return UNKNOWN; // a view of what its operator has counted
        }
        if (value instanceof Collection<?> collection) {
            return ofCollection(collection, depth);
        }
        if (value instanceof Map<?, ?> map) {
            return ofMap(map, depth);
        }
        if (value instanceof Record row) {
            return ofRecord(row, depth);
        }
        if (value instanceof Enum<?> || value instanceof Class<?> || value instanceof Boolean) {
            return 0; // shared
        }
        return ClassTraits.isOfJdk(type) ? ofJdk(value, depth) : ofFields(value, depth);
    }

    private static long ofArray(Object array, Class<?> elements, int depth) {
        int length = Array.getLength(array);
        if (elements.isPrimitive()) {
            return arrayOf(length, widthOf(elements));
        }
        return arrayOf(length, REFERENCE) + ofSome((Object[]) array, depth);
    }

    private static int widthOf(Class<?> primitive) {
        if (primitive == long.class || primitive == double.class) {
            return 8;
        }
        if (primitive == int.class || primitive == float.class) {
            return 4;
        }
        return primitive == short.class || primitive == char.class ? 2 : 1;
    }

    /** Fewer the deeper, so that nested collections do not multiply the work. */
    private static int sampleOf(int length, int depth) {
        return Math.min(length, Math.max(2, 16 >> depth));
    }

    private static long ofSome(Object[] array, int depth) {
        int sample = sampleOf(array.length, depth);
        long bytes = 0;
        for (int i = 0; i < sample; i++) {
            bytes += of(array[(int) ((long) i * array.length / sample)], depth);
        }
        return scaled(bytes, array.length, sample);
    }

    /** What {@code count} take, when some of them take {@code bytes}; bounded, for the sake of collections in themselves. */
    private static long scaled(long bytes, int count, int sample) {
        return sample == 0 ? 0 : (long) Math.min((double) bytes * count / sample, MOST);
    }

    private static long ofCollection(Collection<?> collection, int depth) {
        int size = collection.size();
        int sample = sampleOf(size, depth);
        long bytes = 0;
        if (collection instanceof List<?> list && collection instanceof RandomAccess) {
            for (int i = 0; i < sample; i++) {
                bytes += of(list.get((int) ((long) i * size / sample)), depth);
            }
        } else {
            Iterator<?> elements = collection.iterator();
            for (int i = 0; i < sample && elements.hasNext(); i++) {
                bytes += of(elements.next(), depth);
            }
        }
        return LIST + size * overheadOf(collection) + scaled(bytes, size, sample);
    }

    private static long overheadOf(Collection<?> collection) {
        if (collection instanceof Set<?>) {
            return ENTRY;
        }
        // An array that has grown by half, or a node with two links.
        return collection instanceof RandomAccess ? REFERENCE + REFERENCE / 4 : objectOf(3 * REFERENCE);
    }

    private static long ofMap(Map<?, ?> map, int depth) {
        int size = map.size();
        int sample = sampleOf(size, depth);
        long bytes = 0;
        Iterator<? extends Map.Entry<?, ?>> entries = map.entrySet().iterator();
        for (int i = 0; i < sample && entries.hasNext(); i++) {
            Map.Entry<?, ?> entry = entries.next();
            bytes += of(entry.getKey(), depth) + of(entry.getValue(), depth);
        }
        long each = ENTRY + (map instanceof LinkedHashMap ? LINKS : 0);
        return UNKNOWN + size * each + scaled(bytes, size, sample);
    }

    private static long ofRecord(Record row, int depth) {
        RecordShape shape = RecordShape.of(row.getClass()).orElse(null);
        if (shape == null) {
            return UNKNOWN;
        }
        long bytes = shape.heapBytes;
        for (int i = 0; i < shape.size(); i++) {
            if (!shape.types[i].isPrimitive()) {
                bytes += of(shape.component(row, i), depth);
            }
        }
        return bytes;
    }

    /** A record itself, its references counted and its primitives. */
    static int ofRecord(Class<?>[] components) {
        int bytes = 0;
        for (Class<?> component : components) {
            bytes += component.isPrimitive() ? widthOf(component) : REFERENCE;
        }
        return objectOf(bytes);
    }

    private static long ofJdk(Object value, int depth) {
        if (value instanceof Number number) {
            return number instanceof BigInteger large ? UNKNOWN + large.bitLength() / 8 : LONG;
        }
        if (value instanceof Character) {
            return INT;
        }
        if (value instanceof Optional<?> optional) {
            return INT + of(optional.orElse(null), depth);
        }
        if (value instanceof CharSequence text) {
            return UNKNOWN + text.length();
        }
        if (value instanceof BitSet bits) {
            return UNKNOWN + bits.size() / 8;
        }
        if (value instanceof Map.Entry<?, ?> entry) {
            return PAIR + of(entry.getKey(), depth) + of(entry.getValue(), depth);
        }
        return UNKNOWN;
    }

    // ---- user classes ---------------------------------------------------------------------------------------------

    /** Instance fields of a class that we can look into: those with references, and the size of the object itself. */
    private record Fields(Field[] references, int bytes) {}

    private static final ClassValue<Fields> FIELDS = new ClassValue<>() {
        @Override
        protected Fields computeValue(Class<?> type) {
            List<Field> references = new ArrayList<>();
            int bytes = 0;
            for (Class<?> at = type; at != null && !ClassTraits.isOfJdk(at); at = at.getSuperclass()) {
                for (Field field : at.getDeclaredFields()) {
                    if (!Modifier.isStatic(field.getModifiers())) {
                        boolean isPrimitive = field.getType().isPrimitive();
                        bytes += isPrimitive ? widthOf(field.getType()) : REFERENCE;
                        if (!isPrimitive && isOpened(field)) {
                            references.add(field);
                        }
                    }
                }
            }
            return new Fields(references.toArray(Field[]::new), objectOf(bytes));
        }

        private boolean isOpened(Field field) {
            try {
                return field.trySetAccessible();
            } catch (RuntimeException e) {
                return false;
            }
        }
    };

    private static long ofFields(Object value, int depth) {
        Fields fields = FIELDS.get(value.getClass());
        long bytes = fields.bytes();
        for (Field field : fields.references()) {
            try {
                bytes += of(field.get(value), depth);
            } catch (IllegalAccessException e) {
                bytes += UNKNOWN;
            }
        }
        return bytes;
    }
}
