package dev.kindling.storage;

/** What becomes of the bytes of a line. Used by one thread. */
interface LineForm {
    /**
     * The row of the line in {@code bytes[from..to)}.
     *
     * @param isSingleByte whether each byte is an ASCII character
     * @throws LineRefusedException when the line is not one of those that are expected
     */
    Object row(byte[] bytes, int from, int to, boolean isSingleByte);

    /** Says what is wrong with a line, without a character of it; the reader says which line it is. */
    final class LineRefusedException extends RuntimeException {
        private static final long serialVersionUID = 1L;

        LineRefusedException(String why) {
            super(why, null, false, false);
        }
    }
}
