package dev.kindling.executor.operator;

import java.util.List;

/** Closes several operators though one of them fails. */
final class Operators {
    private Operators() {}

    static void closeAll(List<? extends AutoCloseable> operators) throws Exception {
        Exception first = null;
        for (AutoCloseable operator : operators) {
            try {
                operator.close();
            } catch (Exception e) {
                if (first == null) {
                    first = e;
                } else {
                    first.addSuppressed(e);
                }
            }
        }
        if (first != null) {
            throw first;
        }
    }
}
