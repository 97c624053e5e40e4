package dev.kindling.util;

import static org.junit.jupiter.api.Assertions.assertEquals;

import java.util.Optional;
import org.junit.jupiter.api.Test;

class LogLevelsTest {
    @Test
    void levelsAreKnownInAnyCaseOfLetters() {
        assertEquals(Optional.of("WARN"), LogLevels.nameOf(" warn"));
        assertEquals(Optional.empty(), LogLevels.nameOf("loud"));
    }

    @Test
    void aBackEndThatCannotBeToldIsNoError() {
        LogLevels.setRoot("INFO");
    }
}
