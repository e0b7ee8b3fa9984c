/// Continuous batching (Orca, Yu et al. 2022, section 3.2) by one rule: each sequence's computed
/// tokens chase its tokens, within a budget of tokens a step. There is no phase for prompts and
/// none for answers. Start with {@link dev.tramontane.schedule.Scheduler}.
package dev.tramontane.schedule;
