package io.roomcast.fault;

import org.junit.jupiter.api.Test;

class RollingRestartIT {
    @Test
    void nobodyLosesAMessageAndNobodyStorms() {
        new RollingRestart().run(Build.current());
    }
}
