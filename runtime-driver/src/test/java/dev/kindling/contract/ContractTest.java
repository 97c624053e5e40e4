package dev.kindling.contract;

import dev.kindling.api.KindlingContext;
import dev.kindling.testkit.KindlingExtension;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;

/** Every operator against {@code java.util.stream}, with every kind of rows, inside this JVM. */
@Timeout(value = 60, unit = TimeUnit.SECONDS, threadMode = Timeout.ThreadMode.SEPARATE_THREAD)
@ExtendWith(KindlingExtension.class)
class ContractTest {
    @TempDir
    static Path directory;

    static Stream<Arguments> all() {
        return Contracts.ALL.stream()
                .flatMap(contract -> Stream.of(Data.values()).map(data -> Arguments.of(contract, data)));
    }

    @ParameterizedTest(name = "{0} with {1}")
    @MethodSource("all")
    void anOperatorDoesWhatStreamsDo(Contract contract, Data data, KindlingContext kindling) throws Exception {
        Contracts.check(kindling, data, contract, Files.createTempDirectory(directory, "case"));
    }

    @Test
    void noOperatorIsWithoutAContract() {
        Contracts.checkThatNoneIsMissing();
    }
}
