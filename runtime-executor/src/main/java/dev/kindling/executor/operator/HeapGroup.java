package dev.kindling.executor.operator;

import dev.kindling.data.Group;
import java.util.Iterator;
import java.util.NoSuchElementException;

/** A group whose values lie side by side in an array shared with the other groups of its bucket. */
final class HeapGroup implements Group<Object> {
    private final Object[] values;
    private final int start;
    private final int end;
    private final TaskScope scope;

    HeapGroup(Object[] values, int start, int end, TaskScope scope) {
        this.values = values;
        this.start = start;
        this.end = end;
        this.scope = scope;
    }

    @Override
    public long size() {
        return end - start;
    }

    @Override
    public Iterator<Object> iterator() {
        scope.checkGroupsReadable();
        return new Iterator<>() {
            private int next = start;

            @Override
            public boolean hasNext() {
                return next < end;
            }

            @Override
            public Object next() {
                if (next == end) {
                    throw new NoSuchElementException();
                }
                scope.checkGroupsReadable();
                return values[next++];
            }
        };
    }

    @Override
    public String toString() {
        return StoredGroup.print(this, scope);
    }
}
