package dev.kindling.contract;

import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Random;
import java.util.stream.IntStream;

/** Kinds of rows that every operator is tried with. */
enum Data {
    EMPTY {
        @Override
        List<Integer> make(Random random) {
            return List.of();
        }
    },
    ONE {
        @Override
        List<Integer> make(Random random) {
            return List.of(random.nextInt(100));
        }
    },
    RANDOM {
        @Override
        List<Integer> make(Random random) {
            return random.ints(400, -200, 300).boxed().toList();
        }
    },
    SKEWED {
        @Override
        List<Integer> make(Random random) {
            return random.ints(300, 0, 1000).map(n -> n < 900 ? 7 : n).boxed().toList();
        }
    },
    DUPLICATES {
        @Override
        List<Integer> make(Random random) {
            return random.ints(200, 0, 4).boxed().toList();
        }
    },
    NULLS {
        @Override
        List<Integer> make(Random random) {
            List<Integer> rows = new ArrayList<>(random.ints(150, 0, 60).boxed().toList());
            IntStream.range(0, 40).forEach(i -> rows.set(random.nextInt(rows.size()), null));
            return rows;
        }
    };

    /** A product of two sets has this many rows squared, and a join of equal keys too. */
    static final int KEYS = 23;

    private final List<Integer> rows = Collections.unmodifiableList(make(new Random(1 + ordinal())));
    private final List<Integer> others = Collections.unmodifiableList(make(new Random(100 + ordinal())));

    abstract List<Integer> make(Random random);

    List<Integer> rows() {
        return rows;
    }

    /** Other rows of the same kind. */
    List<Integer> others() {
        return others;
    }
}
