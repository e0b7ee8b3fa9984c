/// What operators learn of the requests that a server answers: figures, a line for each in the
/// access log, spans. Of what was asked and answered, nothing.
///
/// An {@link dev.tramontane.server.telemetry.Observation} notes what happens to one request; once
/// it is over, what it saw ({@link dev.tramontane.server.telemetry.Observed}) goes to {@link
/// dev.tramontane.server.telemetry.Meters}, {@link dev.tramontane.server.telemetry.AccessLog} and
/// {@link dev.tramontane.server.telemetry.Spans}.
package dev.tramontane.server.telemetry;
