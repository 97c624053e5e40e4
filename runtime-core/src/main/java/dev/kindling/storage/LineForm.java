package dev.kindling.storage;

import dev.kindling.serde.PackedRows;

/** What becomes of the bytes of a line. Used by one thread. */
interface LineForm {
    /**
     * The row of the line in {@code bytes[from..to)}.
     *
     * @param isSingleByte whether each byte is an ASCII character
     * @throws LineRefusedException when the line is not one of those that are expected
     */
    Object row(byte[] bytes, int from, int to, boolean isSingleByte);

    /** Whether each row is a whole number, or a pair of such: {@link #putNumbers} makes no objects of them. */
    boolean givesNumbers();

    /** Says of what kind the rows are that {@link #putNumbers} puts into {@code target}. */
    void describe(PackedRows target);

    /** As {@link #row}, into place {@code index} of {@code target}. */
    void putNumbers(byte[] bytes, int from, int to, PackedRows target, int index);

    /** Says what is wrong with a line, without a character of it; the reader says which line it is. */
    final class LineRefusedException extends RuntimeException {
        private static final long serialVersionUID = 1L;

        LineRefusedException(String why) {
            super(why, null, false, false);
        }
    }
}
