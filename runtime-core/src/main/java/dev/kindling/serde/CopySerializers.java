package dev.kindling.serde;

import com.esotericsoftware.kryo.kryo5.Kryo;
import com.esotericsoftware.kryo.kryo5.Serializer;
import com.esotericsoftware.kryo.kryo5.io.Input;
import com.esotericsoftware.kryo.kryo5.io.Output;
import java.util.ArrayList;
import java.util.Collection;
import java.util.Collections;
import java.util.Comparator;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.SortedMap;
import java.util.SortedSet;
import java.util.TreeMap;
import java.util.TreeSet;

/**
 * The JDK's views and wrappers of collections, which cannot be made empty and filled: written as their elements and
 * read as a plain collection equal to them, in the same order, read-only where they were.
 */
final class CopySerializers {
    private CopySerializers() {}

    private static boolean isReadOnly(Object collection) {
        String name = collection.getClass().getName();
        return name.contains("Unmodifiable") || name.contains("Immutable");
    }

    private static void writeElements(Kryo kryo, Output output, Collection<?> elements) {
        // A copy first: a synchronized or concurrent collection may change between its size and its walk.
        Object[] all = elements.toArray();
        output.writeVarInt(all.length, true);
        for (Object element : all) {
            kryo.writeClassAndObject(output, element);
        }
    }

    private static void readElements(Kryo kryo, Input input, Collection<Object> target) {
        int size = input.readVarInt(true);
        for (int i = 0; i < size; i++) {
            target.add(kryo.readClassAndObject(input));
        }
    }

    @SuppressWarnings("unchecked") // what was written as the comparator of these very elements
    private static Comparator<Object> readOrder(Kryo kryo, Input input) {
        return (Comparator<Object>) kryo.readClassAndObject(input);
    }

    static final class OfLists extends Serializer<Collection<?>> {
        @Override
        public void write(Kryo kryo, Output output, Collection<?> list) {
            output.writeBoolean(isReadOnly(list));
            writeElements(kryo, output, list);
        }

        @Override
        public Collection<?> read(Kryo kryo, Input input, Class<? extends Collection<?>> type) {
            boolean isReadOnly = input.readBoolean();
            List<Object> list = new ArrayList<>();
            List<Object> result = isReadOnly ? Collections.unmodifiableList(list) : list;
            kryo.reference(result);
            readElements(kryo, input, list);
            return result;
        }
    }

    static final class OfSets extends Serializer<Set<?>> {
        @Override
        public void write(Kryo kryo, Output output, Set<?> set) {
            output.writeBoolean(isReadOnly(set));
            output.writeBoolean(set instanceof SortedSet);
            if (set instanceof SortedSet<?> sorted) {
                kryo.writeClassAndObject(output, sorted.comparator());
            }
            writeElements(kryo, output, set);
        }

        @Override
        public Set<?> read(Kryo kryo, Input input, Class<? extends Set<?>> type) {
            boolean isReadOnly = input.readBoolean();
            if (input.readBoolean()) {
                SortedSet<Object> sorted = new TreeSet<>(readOrder(kryo, input));
                SortedSet<Object> result = isReadOnly ? Collections.unmodifiableSortedSet(sorted) : sorted;
                kryo.reference(result);
                readElements(kryo, input, sorted);
                return result;
            }
            Set<Object> set = new LinkedHashSet<>();
            Set<Object> result = isReadOnly ? Collections.unmodifiableSet(set) : set;
            kryo.reference(result);
            readElements(kryo, input, set);
            return result;
        }
    }

    static final class OfMaps extends Serializer<Map<?, ?>> {
        @Override
        public void write(Kryo kryo, Output output, Map<?, ?> map) {
            output.writeBoolean(isReadOnly(map));
            output.writeBoolean(map instanceof SortedMap);
            if (map instanceof SortedMap<?, ?> sorted) {
                kryo.writeClassAndObject(output, sorted.comparator());
            }
            Map<?, ?> copy = new LinkedHashMap<>(map);
            output.writeVarInt(copy.size(), true);
            copy.forEach((key, value) -> {
                kryo.writeClassAndObject(output, key);
                kryo.writeClassAndObject(output, value);
            });
        }

        @Override
        public Map<?, ?> read(Kryo kryo, Input input, Class<? extends Map<?, ?>> type) {
            boolean isReadOnly = input.readBoolean();
            if (input.readBoolean()) {
                SortedMap<Object, Object> sorted = new TreeMap<>(readOrder(kryo, input));
                SortedMap<Object, Object> result = isReadOnly ? Collections.unmodifiableSortedMap(sorted) : sorted;
                kryo.reference(result);
                readEntries(kryo, input, sorted);
                return result;
            }
            Map<Object, Object> map = new LinkedHashMap<>();
            Map<Object, Object> result = isReadOnly ? Collections.unmodifiableMap(map) : map;
            kryo.reference(result);
            readEntries(kryo, input, map);
            return result;
        }

        private static void readEntries(Kryo kryo, Input input, Map<Object, Object> target) {
            int size = input.readVarInt(true);
            for (int i = 0; i < size; i++) {
                Object key = kryo.readClassAndObject(input);
                target.put(key, kryo.readClassAndObject(input));
            }
        }
    }
}
