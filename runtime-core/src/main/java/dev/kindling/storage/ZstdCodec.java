package dev.kindling.storage;

import com.github.luben.zstd.ZstdInputStream;
import dev.kindling.storage.Split.FileRange;
import java.io.BufferedInputStream;
import java.io.IOException;
import java.io.InputStream;

/** {@code .zst}, by the reference implementation, which a program may do without: {@code zstd-jni}. */
public final class ZstdCodec implements TextCodec {
    private static final int BUFFER_BYTES = 128 * 1024;

    @Override
    public String suffix() {
        return ".zst";
    }

    @Override
    public boolean canBeCut() {
        return false;
    }

    @Override
    public void require(String path) {
        Inputs.requireClass(
                "com.github.luben.zstd.ZstdInputStream",
                path + " is packed by zstd, and zstd-jni",
                "com.github.luben:zstd-jni:1.5.7-9");
    }

    @Override
    public InputStream open(Stores stores, FileRange range) throws IOException {
        return Inputs.unpacked(stores, range, Opened::of);
    }

    /** Apart, so that the codec can be asked without the library. */
    private static final class Opened {
        private Opened() {}

        static InputStream of(InputStream bytes) throws IOException {
            return new ZstdInputStream(new BufferedInputStream(bytes, BUFFER_BYTES));
        }
    }
}
