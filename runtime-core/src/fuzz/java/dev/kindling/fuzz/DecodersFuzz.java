package dev.kindling.fuzz;

import com.code_intelligence.jazzer.junit.FuzzTest;

/**
 * Each decoder under Jazzer, which looks for bytes that reach further: with the profile {@code fuzz}, one decoder at a time.
 * What it finds is a failing test, and its bytes are kept beside the sources.
 */
class DecodersFuzz {
    @FuzzTest
    void controlFrame(byte[] bytes) {
        Decoder.CONTROL_FRAME.accepts(bytes);
    }

    @FuzzTest
    void dataFrame(byte[] bytes) {
        Decoder.DATA_FRAME.accepts(bytes);
    }

    @FuzzTest
    void blocks(byte[] bytes) {
        Decoder.BLOCKS.accepts(bytes);
    }

    @FuzzTest
    void result(byte[] bytes) {
        Decoder.RESULT.accepts(bytes);
    }

    @FuzzTest
    void function(byte[] bytes) {
        Decoder.FUNCTION.accepts(bytes);
    }

    @FuzzTest
    void split(byte[] bytes) {
        Decoder.SPLIT.accepts(bytes);
    }

    @FuzzTest
    void programFiles(byte[] bytes) {
        Decoder.PROGRAM_FILES.accepts(bytes);
    }

    @FuzzTest
    void credentials(byte[] bytes) {
        Decoder.CREDENTIALS.accepts(bytes);
    }

    @FuzzTest
    void json(byte[] bytes) {
        Decoder.JSON.accepts(bytes);
    }

    @FuzzTest
    void eventLog(byte[] bytes) {
        Decoder.EVENT_LOG.accepts(bytes);
    }

    @FuzzTest
    void lines(byte[] bytes) {
        Decoder.LINES.accepts(bytes);
    }

    @FuzzTest
    void compressedLines(byte[] bytes) {
        Decoder.COMPRESSED_LINES.accepts(bytes);
    }

    @FuzzTest
    void objectFile(byte[] bytes) {
        Decoder.OBJECT_FILE.accepts(bytes);
    }

    @FuzzTest
    void s3Listing(byte[] bytes) {
        Decoder.S3_LISTING.accepts(bytes);
    }
}
