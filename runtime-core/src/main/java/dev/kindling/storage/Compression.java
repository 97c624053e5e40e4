package dev.kindling.storage;

import dev.kindling.api.ErrorCode;
import dev.kindling.api.KindlingException;
import dev.kindling.storage.Split.FileRange;
import java.io.IOException;
import java.io.InputStream;
import java.util.List;
import java.util.Optional;
import java.util.ServiceLoader;

/** How a file's bytes become its text, told by the end of its name, as Hadoop does. */
final class Compression {
    private static final Compression NONE = new Compression(Optional.empty());
    private static final List<Compression> ALL =
            ServiceLoader.load(TextCodec.class, Compression.class.getClassLoader()).stream()
                    .map(codec -> new Compression(Optional.of(codec.get())))
                    .toList();
    private static final List<String> NOT_READ = List.of(".lz4", ".snappy", ".deflate", ".xz", ".zip");

    private final Optional<TextCodec> codec;

    private Compression(Optional<TextCodec> codec) {
        this.codec = codec;
    }

    /** Refuses what looks compressed in a way that cannot be read here: its bytes would be taken for text. */
    static Compression of(String path) {
        String name = path.substring(path.lastIndexOf('/') + 1);
        for (Compression known : ALL) {
            if (name.endsWith(known.suffix())) {
                known.codec.orElseThrow().require(path);
                return known;
            }
        }
        for (String other : NOT_READ) {
            if (name.endsWith(other)) {
                throw new KindlingException(
                        ErrorCode.BAD_ARGUMENT,
                        "cannot read " + path + ": of compressed files only "
                                + String.join(
                                        ", ",
                                        ALL.stream()
                                                .map(Compression::suffix)
                                                .sorted()
                                                .toList())
                                + " are understood, not " + other + "; unpack it first");
            }
        }
        return NONE;
    }

    private String suffix() {
        return codec.map(TextCodec::suffix).orElse("");
    }

    boolean isCompressed() {
        return codec.isPresent();
    }

    /** Whether a task may read a part of the file. */
    boolean canBeCut() {
        return codec.map(TextCodec::canBeCut).orElse(true);
    }

    /** The text from the range's offset on. */
    InputStream open(Stores stores, FileRange range) throws IOException {
        return codec.isPresent() ? codec.get().open(stores, range) : stores.open(range);
    }
}
