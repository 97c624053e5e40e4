package dev.kindling.executor.operator;

import dev.kindling.data.Group;
import java.util.Iterator;
import java.util.NoSuchElementException;

/** A group of {@code Integer}s or {@code Long}s that become objects only as they are walked. */
final class NumberGroup implements Group<Object> {
    private final long[] values;
    private final int start;
    private final int end;
    private final boolean areInts;
    private final TaskScope scope;

    NumberGroup(long[] values, int start, int end, boolean areInts, TaskScope scope) {
        this.values = values;
        this.start = start;
        this.end = end;
        this.areInts = areInts;
        this.scope = scope;
    }

    static Object box(long number, boolean isInt) {
        return isInt ? (Object) (int) number : (Object) number;
    }

    @Override
    public long size() {
        return end - start;
    }

    @Override
    public Iterator<Object> iterator() {
        scope.checkGroupsReadable();
        return areInts ? new Ints(values, start, end) : new Longs(values, start, end);
    }

    @Override
    public String toString() {
        return StoredGroup.print(this);
    }

    private static final class Ints implements Iterator<Object> {
        private final long[] values;
        private final int end;
        private int next;

        Ints(long[] values, int start, int end) {
            this.values = values;
            this.next = start;
            this.end = end;
        }

        @Override
        public boolean hasNext() {
            return next < end;
        }

        @Override
        public Object next() {
            if (next >= end) {
                throw new NoSuchElementException();
            }
            return (int) values[next++];
        }
    }

    private static final class Longs implements Iterator<Object> {
        private final long[] values;
        private final int end;
        private int next;

        Longs(long[] values, int start, int end) {
            this.values = values;
            this.next = start;
            this.end = end;
        }

        @Override
        public boolean hasNext() {
            return next < end;
        }

        @Override
        public Object next() {
            if (next >= end) {
                throw new NoSuchElementException();
            }
            return values[next++];
        }
    }
}
