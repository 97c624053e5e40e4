package dev.kindling.storage.hdfs;

import dev.kindling.storage.Split.FileRange;
import dev.kindling.storage.Stores;
import dev.kindling.storage.TextCodec;
import java.io.IOException;
import java.io.InputStream;

/** {@code .bz2}, by Hadoop's codec, the one that begins to read at any block. */
public final class Bzip2Codec implements TextCodec {
    @Override
    public String suffix() {
        return ".bz2";
    }

    @Override
    public boolean canBeCut() {
        return true;
    }

    @Override
    public void require(String path) {
        HdfsLibrary.require(path, "is packed by bzip2");
    }

    @Override
    public InputStream open(Stores stores, FileRange range) throws IOException {
        return new Bzip2Text(stores, range);
    }
}
