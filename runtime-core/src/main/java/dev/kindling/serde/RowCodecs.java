package dev.kindling.serde;

/**
 * What the row writers and readers of one thread share: the classes of the application, Kryo once somebody needs it,
 * and the count of the bytes their pages hold. Thousands of writers may hang on one.
 */
public final class RowCodecs {
    private final RowClasses classes;
    private KryoRows kryo;
    private final int[][] scratch = new int[2][0];
    private long heldBytes;
    private long maxRowBytes = Long.MAX_VALUE;

    /** @param userClasses the application's class loader */
    public RowCodecs(ClassLoader userClasses) {
        this.classes = new RowClasses(userClasses);
    }

    /** From here on a row that takes more than {@code bytes} in a page is refused with an error that says so. */
    public RowCodecs refuseRowsAbove(long bytes) {
        maxRowBytes = bytes;
        return this;
    }

    long maxRowBytes() {
        return maxRowBytes;
    }

    /** @see RowWriter#RowWriter(ClassLoader, int) */
    public RowWriter newWriter(int pageBytes) {
        return new RowWriter(this, pageBytes);
    }

    public RowReader newReader() {
        return new RowReader(this);
    }

    /** Bytes of the pages, open ones with their spare room included, that the writers hold together. */
    public long heldBytes() {
        return heldBytes;
    }

    void addHeldBytes(long bytes) {
        heldBytes += bytes;
    }

    int[] scratch(int number, int length) {
        if (scratch[number].length < length) {
            scratch[number] = new int[length];
        }
        return scratch[number];
    }

    RowClasses classes() {
        return classes;
    }

    KryoRows kryo() {
        if (kryo == null) {
            kryo = new KryoRows(classes);
        }
        return kryo;
    }
}
