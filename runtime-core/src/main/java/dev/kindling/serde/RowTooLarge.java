package dev.kindling.serde;

import dev.kindling.api.ErrorCode;
import dev.kindling.api.KindlingException;
import dev.kindling.util.ByteSizes;

/** The error for a single row that does not fit the memory of its task. */
final class RowTooLarge {
    private RowTooLarge() {}

    static KindlingException above(long maxRowBytes) {
        return new KindlingException(
                ErrorCode.OUT_OF_RESOURCES,
                "one row takes more than " + ByteSizes.format(maxRowBytes)
                        + " when it is written for a shuffle, a spill or a result, the most that a task of this heap of "
                        + ByteSizes.format(Runtime.getRuntime().maxMemory())
                        + " can handle; cut such values into several rows, keep them in files and let rows name them,"
                        + " or give executors more memory a core (kindling.executor.memory, kindling.executor.cores)");
    }
}
