package dev.kindling.executor.operator;

import dev.kindling.plan.SortPrefix;
import java.io.IOException;
import java.util.Comparator;
import java.util.List;

/** Sorted runs read as one sorted sequence: a heap of their first rows. Forgets a run when it is read. */
final class RunMerge {
    private final Comparator<Object> order;
    private final SortPrefix prefixOf;
    private final SortedRun[] heap;
    private int size;
    private boolean isTopTaken;

    RunMerge(List<SortedRun> runs, Comparator<Object> order, SortPrefix prefixOf) throws IOException {
        this.order = order;
        this.prefixOf = prefixOf;
        this.heap = new SortedRun[runs.size()];
        for (SortedRun run : runs) {
            run.open();
            if (run.advance(prefixOf)) {
                heap[size++] = run;
            } else {
                run.forget();
            }
        }
        for (int i = size / 2 - 1; i >= 0; i--) {
            sink(i);
        }
    }

    /** The run whose row is next, or null after the last; its row is taken by the next call. */
    SortedRun next() throws IOException {
        if (isTopTaken) {
            if (!heap[0].advance(prefixOf)) {
                heap[0].forget();
                heap[0] = heap[--size];
                heap[size] = null;
            }
            sink(0);
        }
        isTopTaken = size > 0;
        return size > 0 ? heap[0] : null;
    }

    private void sink(int start) {
        int parent = start;
        SortedRun sinking = heap[parent];
        for (int child = 2 * parent + 1; child < size; child = 2 * parent + 1) {
            if (child + 1 < size && compare(heap[child + 1], heap[child]) < 0) {
                child++;
            }
            if (compare(sinking, heap[child]) <= 0) {
                break;
            }
            heap[parent] = heap[child];
            parent = child;
        }
        heap[parent] = sinking;
    }

    private int compare(SortedRun left, SortedRun right) {
        if (prefixOf.isKnown() && left.prefix() != right.prefix()) {
            return left.prefix() < right.prefix() ? -1 : 1;
        }
        if (!prefixOf.isExact()) {
            int byKey = order.compare(SortBuffer.keyOf(left.row()), SortBuffer.keyOf(right.row()));
            if (byKey != 0) {
                return byKey;
            }
        }
        return Long.compare(left.place(), right.place());
    }
}
