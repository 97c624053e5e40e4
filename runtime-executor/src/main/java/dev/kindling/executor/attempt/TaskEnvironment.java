package dev.kindling.executor.attempt;

import dev.kindling.api.spi.BroadcastValues;
import dev.kindling.executor.block.BlockSource;
import dev.kindling.executor.block.MapOutputWriter;
import dev.kindling.executor.block.ResultOutput;
import dev.kindling.executor.block.SpillFile;
import dev.kindling.executor.cache.AttemptCache;
import dev.kindling.executor.memory.TaskMemory;
import dev.kindling.protocol.AttemptId;
import dev.kindling.protocol.TaskInput;
import dev.kindling.serde.RowCodecs;
import dev.kindling.storage.Stores;
import java.io.IOException;

/**
 * All that a running attempt may ask of the world. Two implementations: the executor's (disk, sockets, locks) and the
 * simulation's (SimDisk, blocks fetched beforehand, virtual faults). Called by the attempt's own thread.
 */
public interface TaskEnvironment {
    AttemptId attempt();

    /** Loads the user's classes; also that of the functions inside the program. */
    ClassLoader userClassLoader();

    /** Counted memory of this attempt; closing the environment gives everything back. */
    TaskMemory memory();

    /** For the rows of this attempt, of its user's classes; one that is too large for its memory is refused. */
    default RowCodecs newRowCodecs() {
        return new RowCodecs(userClassLoader()).refuseRowsAbove(memory().maxRowBytes());
    }

    /** The blocks of one reduce partition, from wherever they lie, checksums verified. */
    BlockSource openShuffle(TaskInput.ShuffleInput input, int firstBucket, int endBucket) throws IOException;

    /** Where this attempt's map output goes; visible to others only after {@code commit}. */
    MapOutputWriter openMapOutput(int shuffleId, int bucketCount) throws IOException;

    /** Where this attempt's result goes when it is large; dropped again should the attempt fail after its commit. */
    ResultOutput openResult() throws IOException;

    /** A file of this attempt's own, deleted when the attempt ends. */
    SpillFile openSpill() throws IOException;

    /** The cached partitions of this executor, and those of others. */
    default AttemptCache cache() {
        return AttemptCache.none();
    }

    /** What {@code KindlingFiles} finds. */
    TaskFiles files();

    /** Where input is read and output written; those of the application. */
    Stores stores();

    /** The broadcast values of this executor. */
    BroadcastValues broadcasts();

    /** Bounds and sizes that the operators go by. */
    TaskSettings settings();

    /**
     * Checked once a batch: throws {@code CancelledException} when the attempt shall stop. Who cancels also interrupts the
     * thread, so that a slow function ends too.
     */
    void checkCancelled();
}
