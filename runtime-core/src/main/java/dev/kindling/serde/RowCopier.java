package dev.kindling.serde;

import dev.kindling.api.ErrorCode;
import dev.kindling.api.KindlingException;

/** Copies single rows by writing and reading them. Used by one thread. */
public final class RowCopier {
    private static final int PAGE_BYTES = 1 << 10;

    private final RowCodecs codecs;
    private final Object[] copy = new Object[1];
    private RowWriter writer;
    private RowReader reader;

    public RowCopier(RowCodecs codecs) {
        this.codecs = codecs;
    }

    /**
     * A row to hold on to: {@code row} itself where it is {@linkplain Immutable#isKnown known} to stay as it is, else an
     * equal one that nobody else has. A row that cannot be written is held as it is.
     */
    public Object keep(Object row) {
        return Immutable.isKnown(row) ? row : copyOf(row);
    }

    private Object copyOf(Object row) {
        if (writer == null) {
            writer = codecs.newWriter(PAGE_BYTES);
            reader = codecs.newReader();
        }
        byte[] bytes;
        try {
            writer.append(row);
            bytes = writer.takeBytes();
        } catch (KindlingException e) {
            if (e.code() != ErrorCode.NOT_SERIALIZABLE) {
                throw e;
            }
            writer = null;
            return row;
        }
        reader.reset(bytes, 0, bytes.length);
        reader.read(copy, 0, 1);
        Object made = copy[0];
        copy[0] = null;
        return made;
    }
}
