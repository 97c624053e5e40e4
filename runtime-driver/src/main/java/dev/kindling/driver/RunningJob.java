package dev.kindling.driver;

import dev.kindling.api.KindlingException;
import java.util.function.Supplier;

/** A submitted job on the program's side of the driver: takes results and the end. Any thread; nothing here waits. */
interface RunningJob {
    /** Whether nobody wants its results any more. */
    boolean isEnded();

    /** Takes one partition's result. */
    void deliver(int partition, byte[] encoded);

    /** All results were delivered. */
    void complete();

    /**
     * The first end counts.
     *
     * @param why makes the exception on the thread that will throw it, so that its stack shows the program's own call
     */
    void fail(Supplier<KindlingException> why);
}
