package dev.kindling.executor.cache;

import dev.kindling.api.ErrorCode;
import dev.kindling.api.KindlingException;
import dev.kindling.block.BlockHeader;
import dev.kindling.block.BlockParser;
import dev.kindling.protocol.CachedBlockId;
import java.io.IOException;

/**
 * A block's chunks out of a stream of its bytes, from a file or another executor: each is checked, and that it is the
 * next one of this very block. What is wrong is thrown as {@code IOException} or {@code CORRUPT_DATA}.
 */
public abstract class ParsedChunks implements ChunkReader {
    private final CachedBlockId id;
    private final BlockParser parser = new BlockParser();
    private int chunkCount;
    private boolean isFed;

    protected ParsedChunks(CachedBlockId id) {
        this.id = id;
    }

    /** The next bytes of the block, in an array of the reader's own; empty at the end. */
    protected abstract byte[] nextPiece() throws IOException;

    @Override
    public final boolean next() throws IOException {
        while (!isFed || !parser.next()) {
            byte[] piece = nextPiece();
            if (piece.length == 0) {
                if (isFed) {
                    parser.finish();
                }
                return false;
            }
            parser.feed(piece, 0, piece.length);
            isFed = true;
        }
        BlockHeader header = parser.header();
        if (header.shuffleId() != id.setId()
                || header.stageId() != id.epoch()
                || header.mapPartition() != id.partition()
                || header.bucket() != chunkCount++) {
            throw new KindlingException(
                    ErrorCode.CORRUPT_DATA, "chunk " + (chunkCount - 1) + " of cached block " + id + " is another one");
        }
        return true;
    }

    @Override
    public final byte[] bytes() {
        return parser.bytes();
    }

    @Override
    public final int offset() {
        return parser.offset();
    }

    @Override
    public final int rowCount() {
        return parser.header().rowCount();
    }

    @Override
    public final int length() {
        return parser.header().length();
    }
}
