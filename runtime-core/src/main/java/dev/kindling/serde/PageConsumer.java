package dev.kindling.serde;

import java.io.IOException;

/** Takes closed pages out of a {@link RowWriter}, in the order they were written. */
@FunctionalInterface
public interface PageConsumer {
    /** One page; nobody changes the array afterwards. */
    void accept(byte[] bytes, int offset, int length) throws IOException;
}
