package dev.kindling.protocol;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import org.junit.jupiter.api.Test;

/** Each bound of the reader, met by a value that just fits and broken by one that does not. */
class FrameReaderTest {
    @Test
    void numbersOfAllSizesComeBackAndLongerOnesAreRefused() {
        for (long value : new long[] {0, -1, 63, 64, Long.MAX_VALUE, Long.MIN_VALUE}) {
            FrameWriter out = new FrameWriter();
            out.number(value);
            assertEquals(value, reader(out.toByteArray()).number("n"));
        }
        byte[] eleven = {-1, -1, -1, -1, -1, -1, -1, -1, -1, -1, 1};
        byte[] tooMuchInTheTenth = {-1, -1, -1, -1, -1, -1, -1, -1, -1, 2};
        assertThrows(ProtocolException.class, () -> reader(eleven).number("n"));
        assertThrows(ProtocolException.class, () -> reader(tooMuchInTheTenth).number("n"));
    }

    @Test
    void aLongIsNoInt() {
        for (long value : new long[] {Integer.MAX_VALUE, Integer.MIN_VALUE}) {
            FrameWriter fits = new FrameWriter();
            fits.number(value);
            assertEquals(value, reader(fits.toByteArray()).integer("n"));

            FrameWriter beyond = new FrameWriter();
            beyond.number(value > 0 ? value + 1 : value - 1);
            assertThrows(
                    ProtocolException.class, () -> reader(beyond.toByteArray()).integer("n"));
        }
    }

    @Test
    void aCountIsComparedWithWhatIsLeftAndTheSizeOfAnElement() {
        FrameWriter out = new FrameWriter();
        out.number(3);
        for (int i = 0; i < 9; i++) {
            out.tag(0);
        }
        assertEquals(3, reader(out.toByteArray()).count("list", 3));
        assertThrows(ProtocolException.class, () -> reader(out.toByteArray()).count("list", 4));

        FrameWriter negative = new FrameWriter();
        negative.number(-1);
        assertThrows(
                ProtocolException.class, () -> reader(negative.toByteArray()).count("list", 1));
    }

    @Test
    void textBytesAndNumbersEndWhereTheFrameEnds() {
        FrameWriter out = new FrameWriter();
        out.number(5);
        out.tag(1);
        out.tag(2);
        out.tag(3);
        out.tag(4);
        byte[] oneShort = out.toByteArray();
        out.tag(5);
        byte[] whole = out.toByteArray();

        assertArrayEquals(new byte[] {1, 2, 3, 4, 5}, reader(whole).bytes("b"));
        assertEquals(5, reader(whole).text("t").length());
        assertThrows(ProtocolException.class, () -> reader(oneShort).bytes("b"));
        assertThrows(ProtocolException.class, () -> reader(oneShort).text("t"));
        assertThrows(ProtocolException.class, () -> reader(oneShort).numbers("n"));
    }

    @Test
    void aFlagIsNothingButZeroOrOne() {
        assertTrue(reader(new byte[] {1}).flag("f"));
        assertThrows(ProtocolException.class, () -> reader(new byte[] {2}).flag("f"));
    }

    @Test
    void aWriterStopsAtTheCapAndNotAByteBefore() {
        FrameWriter full = new FrameWriter();
        full.bytes(new byte[FrameCodec.MAX_FRAME_BYTES - 4]);
        assertEquals(FrameCodec.MAX_FRAME_BYTES, full.toByteArray().length);

        FrameWriter over = new FrameWriter();
        assertThrows(ProtocolException.class, () -> {
            over.bytes(new byte[FrameCodec.MAX_FRAME_BYTES - 3]);
            over.toByteArray();
        });
    }

    private static FrameReader reader(byte[] bytes) {
        return new FrameReader(bytes, 0, bytes.length);
    }
}
