package dev.kindling.storage;

import dev.kindling.api.ErrorCode;
import dev.kindling.api.KindlingException;
import dev.kindling.storage.Split.FileRange;
import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.DataInputStream;
import java.io.DataOutputStream;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;

/** A {@link Split} as bytes that travel with a task, and back. */
public final class SplitCodec {
    private static final int FORMAT = 1;

    private SplitCodec() {}

    public static byte[] encode(Split split) {
        ByteArrayOutputStream bytes =
                new ByteArrayOutputStream(64 + 128 * split.ranges().size());
        try (DataOutputStream out = new DataOutputStream(bytes)) {
            out.writeByte(FORMAT);
            out.writeInt(split.preferredHosts().size());
            for (String host : split.preferredHosts()) {
                out.writeUTF(host);
            }
            out.writeInt(split.ranges().size());
            for (FileRange range : split.ranges()) {
                out.writeUTF(range.path());
                out.writeLong(range.offset());
                out.writeLong(range.length());
                out.writeLong(range.fileBytes());
                out.writeUTF(range.version());
            }
        } catch (IOException e) {
            throw new KindlingException(ErrorCode.BAD_ARGUMENT, "cannot encode a split: " + e.getMessage(), e);
        }
        return bytes.toByteArray();
    }

    public static Split decode(byte[] bytes) {
        try (DataInputStream in = new DataInputStream(new ByteArrayInputStream(bytes))) {
            int format = in.readUnsignedByte();
            if (format != FORMAT) {
                throw new KindlingException(ErrorCode.CORRUPT_DATA, "split format " + format + " is not " + FORMAT);
            }
            List<String> hosts = new ArrayList<>();
            for (int left = in.readInt(); left > 0; left--) {
                hosts.add(in.readUTF());
            }
            List<FileRange> ranges = new ArrayList<>();
            for (int left = in.readInt(); left > 0; left--) {
                ranges.add(new FileRange(in.readUTF(), in.readLong(), in.readLong(), in.readLong(), in.readUTF()));
            }
            return new Split(ranges, hosts);
        } catch (IOException e) {
            throw new KindlingException(
                    ErrorCode.CORRUPT_DATA, "a split of " + bytes.length + " bytes cannot be decoded", e);
        }
    }
}
