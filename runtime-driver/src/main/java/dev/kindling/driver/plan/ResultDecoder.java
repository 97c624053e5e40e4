package dev.kindling.driver.plan;

import dev.kindling.api.ErrorCode;
import dev.kindling.api.KindlingException;
import dev.kindling.plan.StageBody;
import dev.kindling.serde.ResultCodec;
import dev.kindling.util.ByteSizes;

/**
 * Makes objects of the results of one job, as far as they fit into the driver's heap: rows that the action brings to the
 * program all together, other results each for itself. Used by one thread at a time.
 */
final class ResultDecoder {
    private final ClassLoader userClasses;
    private final String action;
    private final boolean areKept;
    private final long maxHeapBytes;
    private long keptBytes;

    /** @param action for messages */
    ResultDecoder(ClassLoader userClasses, String action, StageBody.Sink sink) {
        // A quarter is for the program itself, and for what comes while these are made.
        this(userClasses, action, sink, Runtime.getRuntime().maxMemory() / 4 * 3);
    }

    ResultDecoder(ClassLoader userClasses, String action, StageBody.Sink sink, long maxHeapBytes) {
        this.userClasses = userClasses;
        this.action = action;
        this.areKept = sink instanceof StageBody.Sink.Result result
                && result.function().isAllRows();
        this.maxHeapBytes = maxHeapBytes;
    }

    Object decode(byte[] encoded) {
        try {
            ResultCodec.Decoded decoded = ResultCodec.decode(encoded, userClasses, maxHeapBytes - keptBytes);
            keptBytes += areKept ? decoded.heapBytes() : 0;
            return decoded.value();
        } catch (KindlingException e) {
            throw e.code() == ErrorCode.RESULT_TOO_LARGE ? tooLarge(e) : e;
        }
    }

    private KindlingException tooLarge(KindlingException cause) {
        return new KindlingException(
                ErrorCode.RESULT_TOO_LARGE,
                action + ": the result does not fit into the driver's heap of "
                        + ByteSizes.format(Runtime.getRuntime().maxMemory())
                        + (keptBytes == 0 ? "" : ", of which rows that came before take " + ByteSizes.format(keptBytes))
                        + ": " + cause.getMessage()
                        + ". Read it piece by piece with toLocalIterator, write it with saveAsTextFile, or give the driver"
                        + " more memory",
                cause);
    }
}
