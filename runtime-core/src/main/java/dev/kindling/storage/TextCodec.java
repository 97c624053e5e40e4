package dev.kindling.storage;

import dev.kindling.storage.Split.FileRange;
import java.io.IOException;
import java.io.InputStream;

/** One way of packing text, told by the end of a file's name. Found by {@code ServiceLoader}; safe for many threads. */
public interface TextCodec {
    /** With which the names of such files end, such as {@code .gz}. */
    String suffix();

    /** Whether a range may begin and end at any byte of the packed file; else a range is the whole file. */
    boolean canBeCut();

    /** Fails in one sentence when a library that it needs is missing; before any task runs. */
    void require(String path);

    /** The text of a range; of one that may be cut, a {@link CutText}. */
    InputStream open(Stores stores, FileRange range) throws IOException;

    /** Text from the beginning of a range on, without end, that says where the text of the range ends. */
    abstract class CutText extends BulkInput {
        /**
         * How many bytes are the range's own; {@code Long.MAX_VALUE} as long as all that were read are. The text goes on
         * behind them, so that the last line can be read to its end.
         */
        public abstract long ownBytes();
    }
}
