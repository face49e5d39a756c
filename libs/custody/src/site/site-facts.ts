import { type Fact } from '#vocabulary';
import { openSite } from '../organisation/open-site.js';
import { SITE_SLICES } from './site-commands.js';

/** Every fact that is recorded in a site's stream. */
export const SITE_FACTS: readonly Fact[] = [openSite, ...SITE_SLICES];
