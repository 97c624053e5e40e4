package dev.kindling.executor.block;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.EOFException;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.SplittableRandom;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class ScratchChannelTest {
    @TempDir
    Path directory;

    @Test
    void anyPieceIsReadBackWhateverPiecesItWasWrittenIn() throws IOException {
        SplittableRandom random = new SplittableRandom(1);
        byte[] content = new byte[300_000];
        random.nextBytes(content);
        for (ScratchCipher cipher : new ScratchCipher[] {ScratchCipher.NONE, ScratchCipher.random()}) {
            Path file = directory.resolve(cipher.toString());
            try (ScratchChannel channel = ScratchChannel.create(file, cipher)) {
                for (int at = 0; at < content.length; ) {
                    int count = Math.min(content.length - at, 1 + random.nextInt(100_000));
                    at += channel.write(ByteBuffer.wrap(content, at, count), at);
                }
                channel.write(ByteBuffer.wrap(content, 0, 50), 0);
                assertEquals(content.length, channel.size());
            }
            assertEquals(content.length, ScratchChannel.contentBytes(file, cipher));
            try (ScratchChannel channel = ScratchChannel.open(file, cipher)) {
                assertEquals(cipher.isNone(), channel.plain().isPresent());
                for (int i = 0; i < 200; i++) {
                    int from = random.nextInt(content.length);
                    int count = Math.min(content.length - from, 1 + random.nextInt(70_000));
                    // The kernel's buffers are direct ones, ours are arrays.
                    ByteBuffer read =
                            i % 2 == 0 ? ByteBuffer.allocate(count + 3) : ByteBuffer.allocateDirect(count + 3);
                    read.position(3);
                    while (read.hasRemaining()) {
                        assertTrue(channel.read(read, from + read.position() - 3L) > 0);
                    }
                    byte[] found = new byte[count];
                    read.get(3, found);
                    assertArrayEquals(Arrays.copyOfRange(content, from, from + count), found);
                }
                assertEquals(-1, channel.read(ByteBuffer.allocate(1), content.length));
            }
        }
    }

    @Test
    void equalContentOfTwoFilesHasNothingInCommonOnDisk() throws IOException {
        ScratchCipher cipher = ScratchCipher.random();
        byte[] zeros = new byte[64 << 10];
        byte[][] stored = new byte[2][];
        for (int i = 0; i < 2; i++) {
            Path file = directory.resolve("f" + i);
            try (ScratchChannel channel = ScratchChannel.create(file, cipher)) {
                channel.write(ByteBuffer.wrap(zeros), 0);
            }
            stored[i] = Files.readAllBytes(file);
        }

        int same = 0;
        for (int block = 8; block + 16 <= stored[0].length; block += 16) {
            same += Arrays.equals(stored[0], block, block + 16, stored[1], block, block + 16) ? 1 : 0;
            same += Arrays.equals(stored[0], block, block + 16, stored[0], 8, 24) && block > 8 ? 1 : 0;
        }
        assertEquals(0, same);
    }

    @Test
    void anotherExecutorCanDoNothingWithIt() throws IOException {
        Path file = directory.resolve("mine");
        byte[] content = new byte[100];
        try (ScratchChannel channel = ScratchChannel.create(file, ScratchCipher.random())) {
            channel.write(ByteBuffer.wrap(content), 0);
        }
        try (ScratchChannel channel = ScratchChannel.open(file, ScratchCipher.random())) {
            ByteBuffer read = ByteBuffer.allocate(100);
            channel.read(read, 0);
            assertFalse(Arrays.equals(content, read.array()));
        }
        Files.write(file, new byte[3]);
        assertThrows(EOFException.class, () -> ScratchChannel.open(file, ScratchCipher.random()));
    }
}
