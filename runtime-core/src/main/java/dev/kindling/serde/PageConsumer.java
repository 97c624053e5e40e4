package dev.kindling.serde;

import java.io.IOException;

/** Takes closed pages out of a {@link RowWriter}, in the order they were written. */
@FunctionalInterface
public interface PageConsumer {
    /** Whole pages; the array belongs to the writer again as soon as this returns. */
    void accept(byte[] bytes, int offset, int length) throws IOException;
}
