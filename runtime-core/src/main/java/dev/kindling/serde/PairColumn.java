package dev.kindling.serde;

import dev.kindling.api.Tuple2;

/** {@code Tuple2}s as two columns. */
final class PairColumn extends Column {
    private final Column firsts;
    private final Column seconds;

    private PairColumn(Column firsts, Column seconds, OpenPage page) {
        super(page);
        this.firsts = firsts;
        this.seconds = seconds;
    }

    static Column like(Tuple2<?, ?> pair, int depth, OpenPage page) {
        if (pair._1() instanceof Integer && pair._2() instanceof Integer) {
            return new IntPairColumn(page);
        }
        Column firsts = columnFor(pair._1(), depth + 1, page);
        Column seconds = firsts == null ? null : columnFor(pair._2(), depth + 1, page);
        return seconds == null ? null : new PairColumn(firsts, seconds, page);
    }

    @Override
    boolean add(Object value) {
        if (!(value instanceof Tuple2<?, ?> pair) || !firsts.add(pair._1())) {
            return false;
        }
        if (!seconds.add(pair._2())) {
            firsts.truncate(count);
            return false;
        }
        count++;
        return true;
    }

    /** As {@link #add(Object)}, of a pair that is no object yet. */
    boolean add(NumberPairs pairs, int index) {
        if (!firsts.addNumber(pairs.keys[index], pairs.keysAreInts)) {
            return false;
        }
        if (!seconds.addNumber(pairs.values[index], pairs.valuesAreInts)) {
            firsts.truncate(count);
            return false;
        }
        count++;
        return true;
    }

    @Override
    void truncate(int kept) {
        firsts.truncate(kept);
        seconds.truncate(kept);
        count = kept;
    }

    @Override
    int schemaBytes() {
        return 1 + firsts.schemaBytes() + seconds.schemaBytes();
    }

    @Override
    int writeSchema(byte[] target, int at) {
        target[at] = PAIR;
        return seconds.writeSchema(target, firsts.writeSchema(target, at + 1));
    }

    @Override
    int encodedBytes() {
        return firsts.encodedBytes() + seconds.encodedBytes();
    }

    @Override
    int encode(byte[] target, int at) {
        return seconds.encode(target, firsts.encode(target, at));
    }

    @Override
    int rawBytes() {
        return firsts.rawBytes() + seconds.rawBytes();
    }
}
