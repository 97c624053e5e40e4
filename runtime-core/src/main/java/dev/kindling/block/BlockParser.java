package dev.kindling.block;

import dev.kindling.api.ErrorCode;
import dev.kindling.api.KindlingException;

/**
 * Cuts a stream of bytes back into blocks, however the bytes come apart; every block is checked before it is handed
 * out. One parser reads one contiguous range of one map output. Used by one thread.
 *
 * <p>After {@link #feed}, call {@link #next} until it answers false. A block that lies whole in the fed array is handed
 * out in place, without a copy; so {@code feed} gives the array away.
 */
public final class BlockParser {
    private final int maxBlockBytes;
    private byte[] fed = new byte[0];
    private int position;
    private int end;

    /** What is left over of earlier arrays: a header, and as much of its pages as came. */
    private final byte[] headerBytes = new byte[BlockFormat.HEADER_BYTES];

    private int headerFilled;
    private byte[] pages;
    private int pagesFilled;

    private BlockHeader header;
    private byte[] bytes;
    private int offset;

    public BlockParser() {
        this(BlockFormat.MAX_BLOCK_BYTES);
    }

    /** @param maxBlockBytes a larger block is refused before room is made for it */
    public BlockParser(int maxBlockBytes) {
        this.maxBlockBytes = maxBlockBytes;
    }

    /** More bytes of the range; all earlier ones must have been taken out by {@link #next}. */
    public void feed(byte[] array, int from, int length) {
        if (position != end) {
            throw new IllegalStateException((end - position) + " bytes of the last array were not parsed");
        }
        fed = array;
        position = from;
        end = from + length;
    }

    /** Moves to the next block; false when more bytes are needed for it. */
    public boolean next() {
        if (pages == null && !readHeader()) {
            return false;
        }
        if (pages == null && end - position >= header.length()) {
            bytes = fed;
            offset = position;
            position += header.length();
            return handOut();
        }
        if (pages == null) {
            pages = new byte[header.length()];
            pagesFilled = 0;
        }
        int count = Math.min(header.length() - pagesFilled, end - position);
        System.arraycopy(fed, position, pages, pagesFilled, count);
        position += count;
        pagesFilled += count;
        if (pagesFilled < header.length()) {
            return false;
        }
        bytes = pages;
        offset = 0;
        return handOut();
    }

    public BlockHeader header() {
        return header;
    }

    /** The array that holds the block's pages, {@code header().length()} bytes from {@link #offset()}. */
    public byte[] bytes() {
        return bytes;
    }

    public int offset() {
        return offset;
    }

    /** Call at the end of the range: fails when it ended within a block. */
    public void finish() {
        if (headerFilled != 0 || pages != null || position != end) {
            throw new KindlingException(ErrorCode.CORRUPT_DATA, "a range of shuffle blocks ends within a block");
        }
    }

    private boolean readHeader() {
        int count = Math.min(BlockFormat.HEADER_BYTES - headerFilled, end - position);
        System.arraycopy(fed, position, headerBytes, headerFilled, count);
        position += count;
        headerFilled += count;
        if (headerFilled < BlockFormat.HEADER_BYTES) {
            return false;
        }
        header = BlockFormat.readHeader(headerBytes, 0);
        if (header.length() > maxBlockBytes) {
            throw new KindlingException(
                    ErrorCode.CORRUPT_DATA,
                    "a shuffle block claims " + header.length() + " bytes, more than " + maxBlockBytes);
        }
        return true;
    }

    private boolean handOut() {
        BlockFormat.checkPages(header, headerBytes, 0, bytes, offset);
        headerFilled = 0;
        pages = null;
        return true;
    }
}
