import { describe, expect, it } from '@jest/globals';
import { isFailure, nameOf } from '@kubezone/core';

import { printVendorName, scanVendorName, toVendorText, toZoneFileText } from './vendor-text.ts';

describe('names as Route 53 writes them', () => {
  it.each([
    ['www.example.com.', 'www.example.com.'],
    ['*.example.com.', '\\052.example.com.'],
    ['_sip._tcp.example.com.', '_sip._tcp.example.com.'],
    ['a\\.b.example.com.', 'a\\056b.example.com.'],
    ['\\000\\255.example.com.', '\\000\\377.example.com.'],
    ['exam!ple.com.', 'exam\\041ple.com.'],
    ['a\\\\b.com.', 'a\\134b.com.'],
  ])('%s is %s', (name, vendor) => {
    expect(printVendorName(nameOf(name))).toBe(vendor);
    expect(scanVendorName(vendor)).toBe(name);
  });

  it.each([
    ['*.Example.COM', '*.example.com.'],
    ['\\052.example.com', '*.example.com.'],
    ['www.example.com', 'www.example.com.'],
  ])('%s is read as %s', (vendor, name) => {
    expect(scanVendorName(vendor)).toBe(name);
  });

  it.each(['', 'a..b.', '\\400.example.com.', '\\89.example.com.', 'x\\'])('%p is no name', (vendor) => {
    expect(isFailure(scanVendorName(vendor))).toBe(true);
  });
});

describe('values as Route 53 writes them', () => {
  it.each([
    ['"plain text; with (all) sorts @ of $"', '"plain text; with (all) sorts @ of $"'],
    ['"say \\"yes\\""', '"say \\"yes\\""'],
    ['"back\\\\slash"', '"back\\134slash"'],
    ['"caf\\195\\169"', '"caf\\303\\251"'],
    ['"\\\\065 is not A"', '"\\134065 is not A"'],
  ])('%s is %s', (text, vendor) => {
    expect(toVendorText(text)).toBe(vendor);
  });

  it.each([
    ['"caf\\303\\251"', '"caf\\195\\169"'],
    ['"\\\\052"', '"\\\\052"'],
    ['"\\134\\134"', '"\\092\\092"'],
    ['"say \\"yes\\""', '"say \\"yes\\""'],
  ])('%s is read as %s', (vendor, text) => {
    expect(toZoneFileText(vendor)).toBe(text);
  });
});
