package dev.kindling.executor.block;

import dev.kindling.api.ErrorCode;
import dev.kindling.api.KindlingException;
import dev.kindling.api.spi.BroadcastKey;
import dev.kindling.api.spi.BroadcastValues;
import dev.kindling.block.BlockFormat;
import dev.kindling.block.BroadcastResource;
import dev.kindling.executor.core.BroadcastFetch;
import dev.kindling.executor.core.BroadcastFetch.Fault;
import dev.kindling.executor.core.BroadcastFetch.Peer;
import dev.kindling.executor.core.BroadcastFetch.Step;
import dev.kindling.rpc.BlockAbsentException;
import dev.kindling.serde.ValueStream;
import dev.kindling.util.ByteSizes;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.InterruptedIOException;
import java.nio.channels.ClosedByInterruptException;
import java.nio.charset.StandardCharsets;
import java.nio.file.NoSuchFileException;
import java.util.ArrayList;
import java.util.BitSet;
import java.util.List;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The broadcast values of an executor process: fetches the blocks that are not here, as {@link BroadcastFetch} decides,
 * and makes the object of them. Whoever asks first does it on its own thread, which may be interrupted; others wait for
 * it. Blocks that came stay, whatever becomes of whoever fetched them.
 */
public final class BroadcastReader implements BroadcastValues {
    private static final Logger LOG = LoggerFactory.getLogger(BroadcastReader.class);

    private final Network network;
    private final Self self;
    private final ClassLoader userClasses;
    private final BroadcastBlocks blocks;

    /** Asks other processes. */
    public interface Network {
        /** Copies what the process at this place has under a name. */
        void fetch(String host, int port, String name, ByteArrayOutputStream target) throws IOException;
    }

    /** Where things are: the driver, and this executor as others find it. */
    public record Self(String driverHost, int driverPort, String executorId, String host, int port) {}

    public BroadcastReader(Network network, Self self, ClassLoader userClasses, BlockStore blocks) {
        this.network = network;
        this.self = self;
        this.userClasses = userClasses;
        this.blocks = blocks.broadcasts();
    }

    @Override
    public Value valueOf(BroadcastKey key) {
        while (true) {
            BroadcastBlocks.Held held = blocks.of(key);
            Value value = held.value();
            if (value == null) {
                value = read(key, held);
            }
            // Null: it was dropped on the way; if for ever, the driver says so.
            if (value != null) {
                return value;
            }
        }
    }

    private Value read(BroadcastKey key, BroadcastBlocks.Held held) {
        checkFits(key);
        try {
            held.reading.lockInterruptibly();
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw interrupted(key);
        }
        try {
            Value present = held.value();
            if (present != null) {
                return present;
            }
            fetchMissing(key, held);
            Value made = new Value(ValueStream.read(new BlocksInput(key, held), userClasses));
            return held.keep(made) ? made : null;
        } catch (InterruptedIOException | ClosedByInterruptException e) {
            Thread.currentThread().interrupt();
            throw interrupted(key);
        } catch (NoSuchFileException | BadBlockException e) {
            LOG.debug("{}: {}", key, e.toString());
            return null;
        } catch (IOException e) {
            throw new KindlingException(ErrorCode.OUT_OF_RESOURCES, key + " cannot be kept here: " + e, e);
        } finally {
            held.reading.unlock();
        }
    }

    /** Its bytes alone would fill the heap: better said than tried. */
    private void checkFits(BroadcastKey key) {
        long heapBytes = Runtime.getRuntime().maxMemory();
        if (key.byteCount() > heapBytes) {
            throw new KindlingException(
                    ErrorCode.RESULT_TOO_LARGE,
                    key + " takes " + ByteSizes.format(key.byteCount())
                            + " as it is sent and more as an object; executor "
                            + self.executorId() + " has a heap of " + ByteSizes.format(heapBytes)
                            + ": give executors more memory, or make a set of it and join");
        }
    }

    private static KindlingException interrupted(BroadcastKey key) {
        return new KindlingException(ErrorCode.CANCELLED, "interrupted while fetching " + key);
    }

    // ---- fetching -------------------------------------------------------------------------------------------------

    private void fetchMissing(BroadcastKey key, BroadcastBlocks.Held held) throws IOException {
        long seed = 31 * key.id() + self.executorId().hashCode();
        BroadcastFetch fetch = new BroadcastFetch(key.blockCount(), held.present(), seed);
        for (Step step = fetch.next(); !(step instanceof Step.Done) && !held.isDropped(); step = fetch.next()) {
            if (step instanceof Step.GiveUp end) {
                throw end.isDestroyed()
                        ? new KindlingException(ErrorCode.CLOSED, key + " cannot be used any more: " + end.why())
                        : new KindlingException(ErrorCode.CORRUPT_DATA, key + " cannot be had: " + end.why());
            } else if (step instanceof Step.Pause pause) {
                pause(pause.ms());
            } else {
                perform(step, key, held, fetch);
            }
        }
        if (held.isDropped()) {
            throw new BadBlockException("it was dropped while it was fetched");
        }
    }

    private static void pause(int ms) throws InterruptedIOException {
        try {
            Thread.sleep(ms);
        } catch (InterruptedException e) {
            throw new InterruptedIOException();
        }
    }

    private void perform(Step step, BroadcastKey key, BroadcastBlocks.Held held, BroadcastFetch fetch)
            throws IOException {
        byte[] answer;
        try {
            answer = ask(step, key);
        } catch (InterruptedIOException e) {
            throw e;
        } catch (IOException e) {
            LOG.debug("{}: {} failed: {}", key, step, e.toString());
            fetch.failed(step, e instanceof BlockAbsentException ? Fault.ABSENT : Fault.UNREACHABLE, e.getMessage());
            return;
        }
        if (step instanceof Step.FindPeers) {
            fetch.peersFound(peersIn(answer));
        } else if (step instanceof Step.AskHeld ask) {
            fetch.heldFound(ask.peer(), BitSet.valueOf(answer));
        } else if (step instanceof Step.Fetch one) {
            if (isRight(key, one.block(), answer)) {
                held.put(one.block(), answer);
                fetch.blockCame(one);
            } else {
                String from = one.peer().map(Peer::toString).orElse("the driver");
                LOG.warn("block {} of {} from {} fails its checksum; it is fetched elsewhere", one.block(), key, from);
                fetch.failed(step, Fault.CORRUPT, "block " + one.block() + " from " + from + " fails its checksum");
            }
        }
    }

    private byte[] ask(Step step, BroadcastKey key) throws IOException {
        if (step instanceof Step.AskHeld held) {
            return ask(held.peer(), new BroadcastResource.Held(key.id()));
        }
        Peer driver = new Peer(self.driverHost(), self.driverPort());
        if (step instanceof Step.Fetch fetch) {
            return ask(fetch.peer().orElse(driver), new BroadcastResource.Block(key.id(), fetch.block()));
        }
        return ask(driver, new BroadcastResource.Peers(key.id(), self.executorId(), self.host(), self.port()));
    }

    private byte[] ask(Peer peer, BroadcastResource resource) throws IOException {
        ByteArrayOutputStream answer = new ByteArrayOutputStream();
        network.fetch(peer.host(), peer.port(), resource.name(), answer);
        return answer.toByteArray();
    }

    private static List<Peer> peersIn(byte[] answer) {
        List<Peer> peers = new ArrayList<>();
        for (String line : new String(answer, StandardCharsets.UTF_8).lines().toList()) {
            int space = line.lastIndexOf(' ');
            peers.add(new Peer(line.substring(0, space), Integer.parseInt(line.substring(space + 1))));
        }
        return peers;
    }

    private static boolean isRight(BroadcastKey key, int block, byte[] bytes) {
        return bytes.length == key.bytesOf(block)
                && BlockFormat.crcOf(bytes, 0, bytes.length) == key.checksums()[block];
    }

    // ---- reading --------------------------------------------------------------------------------------------------

    /** A block was not as it should be; what there was of it is gone, and it can be fetched again. */
    private static final class BadBlockException extends IOException {
        private static final long serialVersionUID = 1L;

        BadBlockException(String message) {
            super(message);
        }
    }

    /** All blocks one after the other, each checked once more: files rot too. */
    private static final class BlocksInput extends InputStream {
        private final BroadcastKey key;
        private final BroadcastBlocks.Held held;
        private byte[] bytes = {};
        private int position;
        private int nextBlock;

        BlocksInput(BroadcastKey key, BroadcastBlocks.Held held) {
            this.key = key;
            this.held = held;
        }

        @Override
        public int read() throws IOException {
            return isAtEnd() ? -1 : bytes[position++] & 0xff;
        }

        @Override
        public int read(byte[] target, int offset, int length) throws IOException {
            if (isAtEnd()) {
                return -1;
            }
            int count = Math.min(length, bytes.length - position);
            System.arraycopy(bytes, position, target, offset, count);
            position += count;
            return count;
        }

        private boolean isAtEnd() throws IOException {
            while (position == bytes.length && nextBlock < key.blockCount()) {
                BlockRange range = held.range(nextBlock)
                        .orElseThrow(() -> new BadBlockException("block " + nextBlock + " was dropped"));
                bytes = range.readFully();
                position = 0;
                if (!isRight(key, nextBlock, bytes)) {
                    LOG.warn("the file of block {} of {} has become bad; it is fetched again", nextBlock, key);
                    held.discard(nextBlock);
                    throw new BadBlockException("the file of block " + nextBlock + " is bad");
                }
                nextBlock++;
            }
            return position == bytes.length;
        }
    }
}
