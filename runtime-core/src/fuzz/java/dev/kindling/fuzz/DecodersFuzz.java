package dev.kindling.fuzz;

import com.code_intelligence.jazzer.junit.FuzzTest;
import java.lang.annotation.ElementType;
import java.lang.annotation.Retention;
import java.lang.annotation.RetentionPolicy;
import java.lang.annotation.Target;
import java.util.Locale;
import java.util.stream.Stream;
import org.junit.jupiter.api.extension.ExtensionContext;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.ArgumentsProvider;
import org.junit.jupiter.params.provider.ArgumentsSource;
import org.junit.jupiter.params.support.ParameterDeclarations;

/**
 * Each decoder under Jazzer, which looks for bytes that reach further: with the profile {@code fuzz}, one decoder at a time.
 * What it finds is a failing test, and its bytes are kept beside the sources.
 */
class DecodersFuzz {
    /** Begins with what the decoder of the method's name was made for. */
    @Target(ElementType.METHOD)
    @Retention(RetentionPolicy.RUNTIME)
    @ArgumentsSource(Samples.class)
    @FuzzTest
    @interface FromSamples {}

    static final class Samples implements ArgumentsProvider {
        @Override
        public Stream<Arguments> provideArguments(ParameterDeclarations parameters, ExtensionContext context) {
            String name = context.getRequiredTestMethod().getName().replaceAll("[A-Z]", "_$0");
            return Decoder.valueOf(name.toUpperCase(Locale.ROOT)).samples().stream()
                    .map(sample -> Arguments.of((Object) sample));
        }
    }

    @FromSamples
    void controlFrame(byte[] bytes) {
        Decoder.CONTROL_FRAME.accepts(bytes);
    }

    @FromSamples
    void dataFrame(byte[] bytes) {
        Decoder.DATA_FRAME.accepts(bytes);
    }

    @FromSamples
    void blocks(byte[] bytes) {
        Decoder.BLOCKS.accepts(bytes);
    }

    @FromSamples
    void result(byte[] bytes) {
        Decoder.RESULT.accepts(bytes);
    }

    @FromSamples
    void function(byte[] bytes) {
        Decoder.FUNCTION.accepts(bytes);
    }

    @FromSamples
    void split(byte[] bytes) {
        Decoder.SPLIT.accepts(bytes);
    }

    @FromSamples
    void programFiles(byte[] bytes) {
        Decoder.PROGRAM_FILES.accepts(bytes);
    }

    @FromSamples
    void credentials(byte[] bytes) {
        Decoder.CREDENTIALS.accepts(bytes);
    }

    @FromSamples
    void json(byte[] bytes) {
        Decoder.JSON.accepts(bytes);
    }

    @FromSamples
    void eventLog(byte[] bytes) {
        Decoder.EVENT_LOG.accepts(bytes);
    }

    @FromSamples
    void lines(byte[] bytes) {
        Decoder.LINES.accepts(bytes);
    }

    @FromSamples
    void compressedLines(byte[] bytes) {
        Decoder.COMPRESSED_LINES.accepts(bytes);
    }

    @FromSamples
    void objectFile(byte[] bytes) {
        Decoder.OBJECT_FILE.accepts(bytes);
    }

    @FromSamples
    void s3Listing(byte[] bytes) {
        Decoder.S3_LISTING.accepts(bytes);
    }
}
