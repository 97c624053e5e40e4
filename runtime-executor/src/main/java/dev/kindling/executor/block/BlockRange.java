package dev.kindling.executor.block;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.file.Path;

/** The stored blocks of a range of buckets of one map output: contiguous bytes, to be read or sent as they are. */
public sealed interface BlockRange {
    long length();

    /** All its bytes; for ranges known to be small. */
    byte[] readFully() throws IOException;

    /** A region of a scratch file that was written with this cipher. */
    record InFile(Path file, ScratchCipher cipher, long offset, long length) implements BlockRange {
        @Override
        public byte[] readFully() throws IOException {
            byte[] bytes = new byte[Math.toIntExact(length)];
            try (FileRange open = FileRange.open(this)) {
                open.read(0, ByteBuffer.wrap(bytes));
            }
            return bytes;
        }
    }

    /** Part of an array; nobody may change it. */
    record InMemory(byte[] bytes, int offset, int count) implements BlockRange {
        @Override
        public long length() {
            return count;
        }

        @Override
        public byte[] readFully() {
            byte[] copy = new byte[count];
            System.arraycopy(bytes, offset, copy, 0, count);
            return copy;
        }
    }
}
