package dev.kindling.driver.core;

import java.util.AbstractCollection;
import java.util.Iterator;
import java.util.NoSuchElementException;

/**
 * Executors in the order in which they were last heard of, the longest silence first. They are linked through themselves:
 * each message moves its sender, and a table of names is far away.
 */
final class SilenceOrder extends AbstractCollection<ExecutorState> {
    private ExecutorState first;
    private ExecutorState last;
    private int size;

    /** It was heard of just now, for the first time. */
    @Override
    public boolean add(ExecutorState executor) {
        append(executor);
        size++;
        return true;
    }

    /** It was heard of just now. */
    void moveToEnd(ExecutorState executor) {
        if (executor != last) {
            unlink(executor);
            append(executor);
        }
    }

    /** Of one that is there. */
    void remove(ExecutorState executor) {
        unlink(executor);
        size--;
    }

    private void append(ExecutorState executor) {
        executor.heardBefore = last;
        executor.heardAfter = null;
        if (last == null) {
            first = executor;
        } else {
            last.heardAfter = executor;
        }
        last = executor;
    }

    private void unlink(ExecutorState executor) {
        if (executor.heardBefore == null) {
            first = executor.heardAfter;
        } else {
            executor.heardBefore.heardAfter = executor.heardAfter;
        }
        if (executor.heardAfter == null) {
            last = executor.heardBefore;
        } else {
            executor.heardAfter.heardBefore = executor.heardBefore;
        }
    }

    @Override
    public int size() {
        return size;
    }

    @Override
    public Iterator<ExecutorState> iterator() {
        return new Iterator<>() {
            private ExecutorState next = first;

            @Override
            public boolean hasNext() {
                return next != null;
            }

            @Override
            public ExecutorState next() {
                if (next == null) {
                    throw new NoSuchElementException();
                }
                ExecutorState executor = next;
                next = executor.heardAfter;
                return executor;
            }
        };
    }
}
