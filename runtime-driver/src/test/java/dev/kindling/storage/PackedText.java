package dev.kindling.storage;

import com.github.luben.zstd.ZstdOutputStream;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.OutputStream;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.SortedMap;
import java.util.TreeMap;
import java.util.zip.GZIPOutputStream;
import org.apache.hadoop.io.compress.bzip2.CBZip2OutputStream;

/** The same lines packed in each way that is read. */
public final class PackedText {
    private PackedText() {}

    /** By the names of the files, in the order in which a directory of them is read; bzip2 in its smallest blocks. */
    public static SortedMap<String, byte[]> filesOf(List<String> lines) throws IOException {
        byte[] text = (String.join("\n", lines) + "\n").getBytes(StandardCharsets.UTF_8);
        SortedMap<String, byte[]> files = new TreeMap<>();
        files.put("1.bz2", packed(text, bytes -> {
            bytes.write(new byte[] {'B', 'Z'});
            return new CBZip2OutputStream(bytes, 1);
        }));
        files.put("2.gz", packed(text, GZIPOutputStream::new));
        files.put("3.zst", packed(text, ZstdOutputStream::new));
        return files;
    }

    private interface Packing {
        OutputStream into(OutputStream bytes) throws IOException;
    }

    private static byte[] packed(byte[] text, Packing packing) throws IOException {
        ByteArrayOutputStream bytes = new ByteArrayOutputStream();
        try (OutputStream out = packing.into(bytes)) {
            out.write(text);
        }
        return bytes.toByteArray();
    }
}
