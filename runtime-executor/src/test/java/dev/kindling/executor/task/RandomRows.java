package dev.kindling.executor.task;

import dev.kindling.api.Tuple2;
import dev.kindling.serde.HeapSize;
import java.io.Serializable;
import java.util.ArrayList;
import java.util.Collections;
import java.util.Comparator;
import java.util.List;
import java.util.Random;
import java.util.function.IntFunction;

/** Pairs of a seed: which keys, how often, in which order, with which values, and on how many partitions. */
final class RandomRows {
    enum Keys {
        INTS,
        LONGS,
        STRINGS,
        LONG_STRINGS,
        DOUBLES,
        RECORDS,
        INTS_AND_NULL,
        LIKE_HASHES
    }

    enum Spread {
        ALL_DIFFERENT,
        ALL_EQUAL,
        A_FEW,
        ONE_GIANT_AMONG_MANY,
        SOME_OFTEN
    }

    enum Order {
        SHUFFLED,
        SORTED,
        REVERSED
    }

    enum Values {
        INTS,
        LONGS,
        STRINGS,
        INTS_AND_NULLS,
        LISTS,
        RECORDS,
        NOW_AND_THEN_LARGE
    }

    /** A user's key. */
    record Place(String town, int number) implements Comparable<Place>, Serializable {
        @Override
        public int compareTo(Place other) {
            return Comparator.comparing(Place::town)
                    .thenComparingInt(Place::number)
                    .compare(this, other);
        }
    }

    /** A user's key with a poor hash. */
    record Poor(int number) implements Comparable<Poor>, Serializable {
        @Override
        public int hashCode() {
            return number & 7;
        }

        @Override
        public int compareTo(Poor other) {
            return Integer.compare(number, other.number);
        }
    }

    /** A user's value. */
    record Visit(long user, String page, double seconds) implements Serializable {}

    final Keys keys;
    final Spread spread;
    final Order order;
    final Values values;
    final List<Tuple2<Object, Object>> pairs = new ArrayList<>();
    private final Random random;

    /** @param heapBytes about what the rows take as objects */
    RandomRows(Random random, long heapBytes) {
        this.random = random;
        this.keys = any(Keys.values());
        this.spread = any(Spread.values());
        this.order = any(Order.values());
        this.values = any(Values.values());
        long bytes = 0;
        // Keys that share their hash are compared with each other: as many as there are make a square of it.
        int most = keys == Keys.LIKE_HASHES ? 2_000 : Integer.MAX_VALUE;
        for (int row = 0; bytes < heapBytes && row < most; row++) {
            Tuple2<Object, Object> pair = new Tuple2<>(key(row), value(row));
            bytes += HeapSize.of(pair);
            pairs.add(pair);
        }
        if (order == Order.SHUFFLED) {
            Collections.shuffle(pairs, random);
        } else {
            Comparator<Tuple2<Object, Object>> byKey = Comparator.comparing(Tuple2::_1, naturalOrder());
            pairs.sort(order == Order.SORTED ? byKey : byKey.reversed());
        }
    }

    private <T> T any(T[] all) {
        return all[random.nextInt(all.length)];
    }

    /** Nulls first, as the engine sorts them. */
    @SuppressWarnings("unchecked")
    static Comparator<Object> naturalOrder() {
        return Comparator.nullsFirst((left, right) -> ((Comparable<Object>) left).compareTo(right));
    }

    private Object key(int row) {
        int number = switch (spread) {
            case ALL_DIFFERENT -> row;
            case ALL_EQUAL -> 7;
            case A_FEW -> random.nextInt(9);
            case ONE_GIANT_AMONG_MANY -> random.nextInt(3) > 0 ? -1 : row;
            case SOME_OFTEN -> (int) Math.pow(1.001, random.nextInt(9_000));
        };
        return switch (keys) {
            case INTS -> number;
            case LONGS -> number * 1_000_000_007L;
            case STRINGS -> "key " + number;
            case LONG_STRINGS -> "a common beginning of the keys, as in paths, ".repeat(3) + number;
            case DOUBLES -> number / 7.0;
            case RECORDS -> new Place(number % 2 == 0 ? "Bern" : "Zürich", number);
            case INTS_AND_NULL -> number % 5 == 2 ? null : number;
            case LIKE_HASHES -> new Poor(number);
        };
    }

    private Object value(int row) {
        return switch (values) {
            case INTS -> row;
            case LONGS -> row * 3_000_000_019L;
            case STRINGS -> "value " + row;
            case INTS_AND_NULLS -> row % 4 == 0 ? null : row;
            case LISTS -> list(row % 30, i -> (long) (row + i));
            case RECORDS -> new Visit(row, "page " + row % 50, row / 3.0);
            case NOW_AND_THEN_LARGE -> row % 500 == 499 ? "x".repeat(20_000) + row : "small " + row;
        };
    }

    private static List<Object> list(int size, IntFunction<Object> element) {
        List<Object> list = new ArrayList<>(size);
        for (int i = 0; i < size; i++) {
            list.add(element.apply(i));
        }
        return list;
    }

    /** The pairs on one to six partitions, some of which may be empty. */
    List<?>[] partitions() {
        List<?>[] partitions = new List<?>[1 + random.nextInt(6)];
        int from = 0;
        for (int partition = 0; partition < partitions.length; partition++) {
            boolean isLast = partition == partitions.length - 1;
            int left = pairs.size() - from;
            int count = isLast ? left : random.nextInt(3) == 0 ? 0 : random.nextInt(left + 1);
            partitions[partition] = pairs.subList(from, from + count);
            from += count;
        }
        return partitions;
    }

    @Override
    public String toString() {
        return pairs.size() + " rows, keys " + keys + " " + spread + " " + order + ", values " + values;
    }
}
