package dev.kindling.rdd;

import dev.kindling.storage.Split;
import java.util.List;

/** What one input leaf reads, partition by partition. Immutable. */
public sealed interface LeafSource {
    int partitionCount();

    /** Rows given by the program, each slice in the result page format. */
    record Slices(List<byte[]> pages) implements LeafSource {
        public Slices {
            pages = List.copyOf(pages);
        }

        @Override
        public int partitionCount() {
            return pages.size();
        }
    }

    /** Files, cut. */
    record Splits(List<Split> splits) implements LeafSource {
        public Splits {
            splits = List.copyOf(splits);
        }

        @Override
        public int partitionCount() {
            return splits.size();
        }
    }
}
