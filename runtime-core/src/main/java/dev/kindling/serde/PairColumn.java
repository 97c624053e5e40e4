package dev.kindling.serde;

import dev.kindling.api.Tuple2;

/** {@code Tuple2}s as two columns. */
class PairColumn extends Column {
    final Column firsts;
    final Column seconds;

    private PairColumn(Column firsts, Column seconds) {
        this.firsts = firsts;
        this.seconds = seconds;
    }

    static Column like(Tuple2<?, ?> pair, int depth) {
        Column firsts = columnFor(pair._1(), depth + 1);
        Column seconds = firsts == null ? null : columnFor(pair._2(), depth + 1);
        if (seconds == null) {
            return null;
        }
        if (firsts instanceof NumberColumn.Ints keys && keys.kind == INT
                && seconds instanceof NumberColumn.Ints values && values.kind == INT) {
            return new OfInts(keys, values);
        }
        return new PairColumn(firsts, seconds);
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

    @Override
    int heldBytes() {
        return firsts.heldBytes() + seconds.heldBytes();
    }

    /** The pairs most shuffles are made of, without a call for each half. */
    static final class OfInts extends PairColumn {
        private final NumberColumn.Ints keys;
        private final NumberColumn.Ints values;

        private OfInts(NumberColumn.Ints keys, NumberColumn.Ints values) {
            super(keys, values);
            this.keys = keys;
            this.values = values;
        }

        @Override
        boolean add(Object value) {
            if (value instanceof Tuple2<?, ?> pair
                    && pair._1() instanceof Integer key
                    && pair._2() instanceof Integer number) {
                keys.addInt(key);
                values.addInt(number);
                count++;
                return true;
            }
            return false;
        }

        @Override
        int rawBytes() {
            return count * 8;
        }
    }
}
