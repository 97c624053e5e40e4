package dev.kindling.block;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.kindling.api.ErrorCode;
import dev.kindling.api.KindlingException;
import java.io.ByteArrayOutputStream;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Random;
import org.junit.jupiter.api.Test;

class BlockFormatTest {
    private record Block(BlockHeader header, List<Byte> pages) {}

    private static byte[] blockOf(int bucket, byte[] pages) {
        byte[] block = new byte[BlockFormat.HEADER_BYTES + pages.length];
        System.arraycopy(pages, 0, block, BlockFormat.HEADER_BYTES, pages.length);
        BlockHeader header = new BlockHeader(3, 7, 11, 2, bucket, pages.length / 2, pages.length);
        BlockFormat.writeHeader(header, BlockFormat.crcOf(pages, 0, pages.length), block, 0);
        return block;
    }

    private static List<Block> parse(BlockParser parser) {
        List<Block> blocks = new ArrayList<>();
        while (parser.next()) {
            List<Byte> pages = new ArrayList<>();
            for (int i = 0; i < parser.header().length(); i++) {
                pages.add(parser.bytes()[parser.offset() + i]);
            }
            blocks.add(new Block(parser.header(), pages));
        }
        return blocks;
    }

    private static byte[] threeBlocks() {
        Random random = new Random(5);
        ByteArrayOutputStream range = new ByteArrayOutputStream();
        for (int bucket = 0; bucket < 3; bucket++) {
            byte[] pages = new byte[bucket * 37];
            random.nextBytes(pages);
            range.writeBytes(blockOf(bucket, pages));
        }
        return range.toByteArray();
    }

    @Test
    void aRangeComesApartIntoItsBlocksHoweverItsBytesAreCut() {
        byte[] range = threeBlocks();
        BlockParser whole = new BlockParser();
        whole.feed(range, 0, range.length);
        List<Block> expected = parse(whole);
        whole.finish();
        assertEquals(3, expected.size());
        assertEquals(new BlockHeader(3, 7, 11, 2, 2, 37, 74), expected.get(2).header());

        for (int piece = 1; piece < range.length; piece++) {
            BlockParser parser = new BlockParser();
            List<Block> blocks = new ArrayList<>();
            for (int at = 0; at < range.length; at += piece) {
                byte[] fed = Arrays.copyOfRange(range, Math.max(0, at - 1), Math.min(range.length, at + piece));
                int skipped = Math.min(1, at);
                parser.feed(fed, skipped, fed.length - skipped);
                blocks.addAll(parse(parser));
            }
            parser.finish();
            assertEquals(expected, blocks, "in pieces of " + piece);
        }
    }

    @Test
    void aBlockThatLiesWholeInTheFedArrayIsNotCopied() {
        byte[] block = blockOf(1, new byte[100]);
        BlockParser parser = new BlockParser();

        parser.feed(block, 0, block.length);

        assertTrue(parser.next());
        assertTrue(parser.bytes() == block);
        assertEquals(BlockFormat.HEADER_BYTES, parser.offset());
    }

    @Test
    void everyFlippedBitIsFound() {
        byte[] block = blockOf(9, new byte[] {1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12});
        for (int bit = 0; bit < block.length * 8; bit++) {
            byte[] damaged = block.clone();
            damaged[bit / 8] ^= (byte) (1 << bit % 8);
            BlockParser parser = new BlockParser();
            parser.feed(damaged, 0, damaged.length);

            KindlingException failure = assertThrows(KindlingException.class, parser::next, "bit " + bit);

            assertEquals(ErrorCode.CORRUPT_DATA, failure.code());
        }
    }

    @Test
    void everyBurstOfUpTo32BitsIsFound() {
        byte[] block = blockOf(9, new byte[64]);
        Random random = new Random(6);
        for (int i = 0; i < 20_000; i++) {
            byte[] damaged = block.clone();
            int first = random.nextInt(block.length * 8 - 32);
            int burst = random.nextInt() | 1;
            for (int b = 0; b < 32; b++) {
                if ((burst >>> b & 1) != 0) {
                    damaged[(first + b) / 8] ^= (byte) (1 << (first + b) % 8);
                }
            }
            BlockParser parser = new BlockParser();
            parser.feed(damaged, 0, damaged.length);

            assertThrows(KindlingException.class, parser::next);
        }
    }

    @Test
    void aRangeThatEndsWithinABlockIsRefused() {
        byte[] range = threeBlocks();
        for (int length = 1; length < range.length; length++) {
            BlockParser parser = new BlockParser();
            parser.feed(range, 0, length);
            int blocks = parse(parser).size();
            boolean isAtBorder = length == 36 || length == 36 + 73;
            if (isAtBorder) {
                parser.finish();
            } else {
                assertThrows(KindlingException.class, parser::finish, blocks + " blocks of " + length + " bytes");
            }
        }
    }

    @Test
    void aLengthBeyondTheBoundIsRefusedBeforeRoomIsMade() {
        byte[] header = new byte[BlockFormat.HEADER_BYTES];
        BlockFormat.writeHeader(new BlockHeader(1, 1, 1, 0, 0, 1, 1001), 0, header, 0);
        BlockParser parser = new BlockParser(1000);
        parser.feed(header, 0, header.length);

        assertThrows(KindlingException.class, parser::next);

        BlockParser wider = new BlockParser(1001);
        wider.feed(header, 0, header.length);
        assertFalse(wider.next());
    }

    @Test
    void anEmptyBlockIsABlock() {
        BlockParser parser = new BlockParser();
        byte[] block = blockOf(0, new byte[0]);
        parser.feed(block, 0, block.length);

        assertTrue(parser.next());
        assertArrayEquals(
                new int[] {0, 0},
                new int[] {parser.header().length(), parser.header().bucket()});
        parser.finish();
    }
}
