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
        return areInts ? new Ints() : new Longs();
    }

    @Override
    public String toString() {
        return StoredGroup.print(this, scope);
    }

    private final class Ints implements Iterator<Object> {
        private final long[] numbers = values;
        private final int last = end;
        private int next = start;

        @Override
        public boolean hasNext() {
            return next < last;
        }

        @Override
        public Object next() {
            if (next >= last) {
                throw new NoSuchElementException();
            }
            scope.checkGroupsReadable();
            return (int) numbers[next++];
        }
    }

    private final class Longs implements Iterator<Object> {
        private final long[] numbers = values;
        private final int last = end;
        private int next = start;

        @Override
        public boolean hasNext() {
            return next < last;
        }

        @Override
        public Object next() {
            if (next >= last) {
                throw new NoSuchElementException();
            }
            scope.checkGroupsReadable();
            return numbers[next++];
        }
    }
}
