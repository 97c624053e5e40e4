package dev.kindling.executor.block;

import dev.kindling.block.BroadcastResource;
import dev.kindling.executor.cache.CacheStore;
import dev.kindling.protocol.AttemptId;
import dev.kindling.protocol.CachedBlockId;
import dev.kindling.rpc.BlockAbsentException;
import dev.kindling.rpc.BlockService;
import dev.kindling.rpc.ServedRange;
import java.io.IOException;
import java.nio.file.NoSuchFileException;
import java.util.Optional;

/** Serves the blocks of a {@link BlockStore} and of a {@link CacheStore} to other processes. Any thread. */
public final class BlockServer implements BlockService {
    private final BlockStore blocks;
    private final CacheStore cache;

    public BlockServer(BlockStore blocks, CacheStore cache) {
        this.blocks = blocks;
        this.cache = cache;
    }

    @Override
    public ServedRange openMapOutput(int shuffleId, AttemptId mapAttempt, int firstBucket, int endBucket)
            throws IOException {
        return blocks.openRange(shuffleId, mapAttempt, firstBucket, endBucket)
                .orElseThrow(() -> new BlockAbsentException(
                        "map output " + mapAttempt + " of shuffle " + shuffleId + " is not here"));
    }

    @Override
    public ServedRange openWholeMapOutput(int shuffleId, AttemptId mapAttempt) throws IOException {
        return open(blocks.whole(shuffleId, mapAttempt), "map output " + mapAttempt + " of shuffle " + shuffleId);
    }

    @Override
    public ServedRange openResult(AttemptId attempt) throws IOException {
        return open(blocks.readResult(attempt), "the result of " + attempt);
    }

    @Override
    public ServedRange openCachedBlock(CachedBlockId block) throws IOException {
        return cache.serve(block).orElseThrow(() -> new BlockAbsentException("cached block " + block + " is not here"));
    }

    @Override
    public ServedRange openResource(String name) throws IOException {
        BroadcastResource asked = BroadcastResource.parse(name)
                .orElseThrow(() -> new BlockAbsentException("an executor has nothing under the name " + name));
        if (asked instanceof BroadcastResource.Held held) {
            byte[] bits = blocks.broadcasts().heldOf(held.id()).toByteArray();
            return ServedRange.of(bits, 0, bits.length);
        }
        if (asked instanceof BroadcastResource.Block block) {
            return open(blocks.broadcasts().range(block.id(), block.block()), name);
        }
        throw new BlockAbsentException("only the driver knows peers");
    }

    private static ServedRange open(Optional<BlockRange> range, String what) throws IOException {
        if (range.isEmpty()) {
            throw new BlockAbsentException(what + " is not here");
        }
        if (range.get() instanceof BlockRange.InFile file) {
            try {
                return FileRange.open(file);
            } catch (NoSuchFileException e) {
                throw new BlockAbsentException(what + " was just dropped");
            }
        }
        BlockRange.InMemory memory = (BlockRange.InMemory) range.get();
        return ServedRange.of(memory.bytes(), memory.offset(), memory.count());
    }
}
