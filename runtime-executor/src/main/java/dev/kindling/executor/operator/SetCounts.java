package dev.kindling.executor.operator;

import dev.kindling.executor.cache.CacheWriter;
import java.io.IOException;

/**
 * Tells what functions add to accumulators while a partition of a persisted set is computed from what they add
 * otherwise: the driver counts it once for the partition, however often that is computed. Owned by the task's thread.
 */
public interface SetCounts {
    /** For attempts without accumulators. */
    SetCounts NONE = (setId, partition) -> Part.NOTHING;

    /** To be called when the partition is about to be computed. */
    Part begin(int setId, int partition);

    /** What is added for one partition of one set. */
    interface Part {
        Part NOTHING = new Part() {
            @Override
            public void enter() {}

            @Override
            public void leave() {}

            @Override
            public void end() {}

            @Override
            public void keep(CacheWriter block) throws IOException {
                block.commit();
            }
        };

        /** From here on the partition's functions run, and those above it do not. */
        void enter();

        /** The partition's functions have returned. */
        void leave();

        /** All rows were computed. Of a part that does not get here, what was added belongs to the attempt itself. */
        void end();

        /**
         * Commits the block of the partition, whose rows are all in: now, or once the attempt has succeeded where
         * something was added. Nobody shall find rows that were not counted. The block belongs to this part from here.
         */
        void keep(CacheWriter block) throws IOException;
    }
}
