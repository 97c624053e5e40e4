package dev.kindling.serde;

import dev.kindling.api.ErrorCode;
import dev.kindling.api.KindlingException;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;

/**
 * One value as bytes: what an action's function returned, or a slice of the program's own rows. The elements of a list
 * are written as rows in pages, so a result of numbers is packed like a shuffle; it comes back as an {@code ArrayList}.
 * Any thread.
 */
public final class ResultCodec {
    private static final byte ONE_VALUE = 1;
    private static final byte LIST = 2;
    private static final int PAGE_BYTES = 64 << 10;
    private static final int BATCH_ROWS = 1024;

    private ResultCodec() {}

    public static byte[] encode(Object value) {
        RowWriter rows = new RowWriter(Thread.currentThread().getContextClassLoader(), PAGE_BYTES);
        byte kind = value instanceof List ? LIST : ONE_VALUE;
        if (value instanceof List<?> list) {
            for (Object row : list) {
                rows.append(row);
            }
        } else {
            rows.append(value);
        }
        byte[] pages = rows.takeBytes();
        byte[] bytes = new byte[pages.length + 1];
        bytes[0] = kind;
        System.arraycopy(pages, 0, bytes, 1, pages.length);
        return bytes;
    }

    /** @param userClasses loads the classes of the value */
    public static Object decode(byte[] bytes, ClassLoader userClasses) {
        if (bytes.length == 0) {
            throw new KindlingException(ErrorCode.CORRUPT_DATA, "an encoded result has no bytes");
        }
        RowReader rows = new RowReader(userClasses);
        rows.reset(bytes, 1, bytes.length - 1);
        List<Object> all = new ArrayList<>();
        Object[] batch = new Object[BATCH_ROWS];
        for (int n = rows.read(batch, 0, BATCH_ROWS); n > 0; n = rows.read(batch, 0, BATCH_ROWS)) {
            all.addAll(Arrays.asList(batch).subList(0, n));
        }
        return bytes[0] == LIST ? all : all.get(0);
    }
}
