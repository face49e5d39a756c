import { SetMetadata } from '@nestjs/common';

export const PUBLIC_ROUTE = 'lodebook:public';
/** Answers without a key: health and documentation. */
export const PublicRoute = (): MethodDecorator & ClassDecorator => SetMetadata(PUBLIC_ROUTE, true);
