package dev.kindling.storage;

import dev.kindling.storage.Split.FileRange;
import java.io.FilterInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.util.zip.GZIPInputStream;

/** {@code .gz}, by the JDK. */
public final class GzipCodec implements TextCodec {
    private static final int BUFFER_BYTES = 64 * 1024;

    @Override
    public String suffix() {
        return ".gz";
    }

    @Override
    public boolean canBeCut() {
        return false;
    }

    @Override
    public void require(String path) {}

    @Override
    public InputStream open(Stores stores, FileRange range) throws IOException {
        return Inputs.unpacked(stores, range, bytes -> new GZIPInputStream(new NeverDry(bytes), BUFFER_BYTES));
    }

    /** GZIPInputStream takes the file for ended after a member when nothing is available at once; here it looks. */
    private static final class NeverDry extends FilterInputStream {
        NeverDry(InputStream in) {
            super(in);
        }

        @Override
        public int available() {
            return 1;
        }
    }
}
