package dev.kindling.executor.operator;

import dev.kindling.api.Tuple2;
import dev.kindling.data.Batch;
import dev.kindling.data.Group;
import java.io.Closeable;
import java.io.IOException;
import java.util.List;

/** Rows (key, one group a child) out of children that are placed alike: each child is read to its end, then grouped. */
final class CoGroupRows implements Operator {
    private final List<Operator> children;
    private final TaskScope scope;
    private final Grouping grouping;
    private HashSplit split;

    CoGroupRows(List<Operator> children, TaskScope scope) {
        this.children = children;
        this.scope = scope;
        this.grouping = new Grouping(scope, children.size(), CoGroupRows::rowOf, bytes -> 0);
    }

    static Object rowOf(Object key, Group<?>[] groups) {
        Iterable<?>[] row = new Iterable<?>[groups.length];
        System.arraycopy(groups, 0, row, 0, groups.length);
        return new Tuple2<>(key, row);
    }

    @Override
    public int read(Batch batch) throws Exception {
        if (split == null) {
            split = new HashSplit(scope, children.size(), 0, false, false);
            Batch input = new Batch(scope.batchRows());
            for (int child = 0; child < children.size(); child++) {
                Operator operator = children.get(child);
                while (operator.read(input) > 0) {
                    scope.checkCancelled();
                    split.add(child, input.rows, input.count);
                }
                split.finish(child);
            }
            grouping.add(split);
        }
        return grouping.read(batch);
    }

    @Override
    public void close() throws IOException {
        closeAll(List.<Closeable>of(grouping, () -> closeAll(children)));
    }

    /** Closes each though another one fails; the first failure is thrown. */
    static void closeAll(List<? extends Closeable> children) throws IOException {
        IOException first = null;
        for (Closeable child : children) {
            try {
                child.close();
            } catch (IOException e) {
                first = first == null ? e : first;
            }
        }
        if (first != null) {
            throw first;
        }
    }
}
